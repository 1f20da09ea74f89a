/**
 * Query parameters as data: what each means, how it looks in the description of the API, and how it is read. Must
 * never let one pass that a route does not know.
 */
import { describeValue, nearestName, SoundstageError } from '../../protocol/index.js';

/** One parameter of a query. */
export interface QueryParameter<Value = unknown> {
  readonly description: string;
  /** JSON Schema of its value. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The value, or undefined for a text that is none. */
  readonly read: (text: string) => Value | undefined;
  /** What a text should be, for messages. */
  readonly wanted: string;
  /** Several values, separated by commas. */
  readonly isList?: boolean;
}

/** The parameters of a route by name. */
export type QueryShape = Readonly<Record<string, QueryParameter>>;

/** What a query says: absent parameters are undefined. */
export type QueryValues<Shape extends QueryShape> = {
  readonly [Name in keyof Shape]: Shape[Name] extends QueryParameter<infer Value> ? Value | undefined : never;
};

/** A whole number. */
export function wholeNumberParameter(
  description: string,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): QueryParameter<number> {
  const isOpen = maximum === Number.MAX_SAFE_INTEGER;
  return {
    description,
    schema: { type: 'integer', minimum, ...(isOpen ? {} : { maximum }) },
    wanted: `a whole number from ${minimum} ${isOpen ? 'up' : `to ${maximum}`}`,
    read: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= minimum && value <= maximum ? value : undefined;
    },
  };
}

/** Yes or no. */
export function flagParameter(description: string): QueryParameter<boolean> {
  return {
    description,
    schema: { type: 'boolean' },
    wanted: 'true or false',
    read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  };
}

/** Any text. */
export function textParameter(description: string): QueryParameter<string> {
  return { description, schema: { type: 'string' }, wanted: 'a text', read: (text) => text };
}

/** One of several words. */
export function choiceParameter<Choice extends string>(
  description: string,
  choices: readonly Choice[],
): QueryParameter<Choice> {
  return {
    description,
    schema: { type: 'string', enum: [...choices] },
    wanted: choices.join(', '),
    read: (text) => choices.find((choice) => choice === text),
  };
}

/** Several texts, separated by commas; `choices` are all there are. */
export function listParameter<Choice extends string = string>(
  description: string,
  choices?: readonly Choice[],
): QueryParameter<readonly Choice[]> {
  return {
    description,
    schema: {
      type: 'array',
      items: { type: 'string', ...(choices === undefined ? {} : { enum: [...choices] }) },
    },
    isList: true,
    wanted: choices === undefined ? 'names with commas between them' : `some of ${choices.join(', ')}`,
    read: (text) => {
      const parts = text.split(',') as Choice[];
      return parts.every((part) => choices?.includes(part) ?? part !== '') ? parts : undefined;
    },
  };
}

/** Reads a query. @throws SoundstageError `E_CONTROL_QUERY` for an unknown parameter or a wrong value */
export function readQuery(query: string, shape: QueryShape): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, text] of new URLSearchParams(query)) {
    const parameter = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (parameter === undefined) {
      const nearest = nearestName(name, Object.keys(shape));
      const hint = nearest === '' ? 'leaving it out' : `'${nearest}'`;
      fail(name, `there is no parameter of that name here. Try ${hint}.`);
    }
    const value = parameter.read(text);
    if (value === undefined)
      fail(name, `${describeValue(text)} is none of its values. Try ${parameter.wanted}.`);
    values[name] = value;
  }
  return values;
}

function fail(name: string, why: string): never {
  const path = name.slice(0, 100);
  throw new SoundstageError('E_CONTROL_QUERY', `Cannot read the parameter '${path}': ${why}`, {
    details: { path },
  });
}
