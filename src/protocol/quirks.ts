/**
 * The interpreter of the quirk table: defaults per family, overrides by name, overrides from the command line.
 * It must never let a name or a value through that the table does not know.
 */
import { describeValue, nearestName } from './describe-value.js';
import type { FamilyId } from './model-family.js';
import type { QuirkDefinition, Quirks, QuirkValue, QuirkValues } from './quirk-table.js';
import { QUIRKS } from './quirk-table.js';
import { SoundstageError } from './soundstage-error.js';

const DEFINITIONS: ReadonlyMap<string, QuirkDefinition> = new Map(
  QUIRKS.map((definition) => [definition.name, definition]),
);

/** What a switch may be set to, as text. */
export function describeQuirkValues(values: QuirkValues): string {
  if (values.kind === 'boolean') return 'true, false';
  if (values.kind === 'enum') return values.options.join(', ');
  return `an integer from ${values.minimum} to ${values.maximum}`;
}

function isAllowed(values: QuirkValues, value: unknown): value is QuirkValue {
  if (values.kind === 'boolean') return typeof value === 'boolean';
  if (values.kind === 'enum') return typeof value === 'string' && values.options.includes(value);
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= values.minimum && value <= values.maximum
  );
}

function definitionOf(name: string): QuirkDefinition {
  const definition = DEFINITIONS.get(name);
  if (definition !== undefined) return definition;
  const nearest = nearestName(name, [...DEFINITIONS.keys()]);
  throw new SoundstageError(
    'E_QUIRK_UNKNOWN',
    `The quirk ${describeValue(name)} cannot be set: there is none of that name. Try '${nearest}', or another that 'soundstage quirks' lists.`,
    { details: { name, nearest } },
  );
}

function checkedValue(definition: QuirkDefinition, value: unknown): QuirkValue {
  if (isAllowed(definition.values, value)) return value;
  const allowed = describeQuirkValues(definition.values);
  throw new SoundstageError(
    'E_QUIRK_VALUE',
    `The quirk '${definition.name}' cannot be set to ${describeValue(value)}: its values are ${allowed}. ` +
      `Try ${definition.name}=${nearestAllowed(definition.values, value)}.`,
    { details: { name: definition.name, allowed } },
  );
}

function nearestAllowed(values: QuirkValues, value: unknown): string {
  if (values.kind === 'boolean') return nearestName(String(value), ['true', 'false']);
  if (values.kind === 'enum') return nearestName(String(value), values.options);
  const wanted = typeof value === 'number' && value > values.maximum ? values.maximum : values.minimum;
  return String(wanted);
}

/**
 * The switches of a family with some set differently. An override of `undefined` leaves the default.
 *
 * @throws SoundstageError `E_QUIRK_UNKNOWN` or `E_QUIRK_VALUE`, naming the nearest valid name or the values
 */
export function resolveQuirks(family: FamilyId, overrides: Partial<Quirks> = {}): Quirks {
  const resolved = new Map<string, QuirkValue>(QUIRKS.map(({ name, defaults }) => [name, defaults[family]]));
  for (const [name, value] of Object.entries(overrides)) {
    const definition = definitionOf(name);
    if (value !== undefined) resolved.set(name, checkedValue(definition, value));
  }
  // The table has one row per key of Quirks and every value was checked against its row.
  return Object.freeze(Object.fromEntries(resolved)) as unknown as Quirks;
}

/**
 * Reads one override from the command line, such as `emitDoneOnCancel=true` or `minCommitMs=100`.
 *
 * @throws SoundstageError `E_QUIRK_UNKNOWN` or `E_QUIRK_VALUE`
 */
export function parseQuirkOverride(text: string): Partial<Quirks> {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).trim();
  const written = equals < 0 ? undefined : text.slice(equals + 1).trim();
  const definition = definitionOf(name);
  return { [name]: checkedValue(definition, readValue(definition.values, written)) };
}

function readValue(values: QuirkValues, written: string | undefined): unknown {
  if (values.kind === 'boolean' && (written === 'true' || written === 'false')) return written === 'true';
  if (values.kind === 'integer' && written !== undefined && /^-?\d{1,15}$/.test(written))
    return Number(written);
  return written;
}
