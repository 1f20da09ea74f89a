/**
 * A fault as it stands in a scenario: where it strikes, what it does, and the rules that hold between the two. It must
 * never know what a kind does.
 */
import { z } from 'zod';
import {
  CLIENT_EVENT_TYPES,
  type ClientEventType,
  describeValue,
  SERVER_EVENT_TYPES,
  type ServerEventType,
} from '../protocol/index.js';
import type { FaultKind, Params, StrikePoint } from './fault-types.js';
import { FAULT_KINDS, type FaultKindName } from './faults/table.js';
import { about, chance, fields, isPlainObject, kind, record, wholeNumber } from './schema-parts.js';

/** What is true of a session when a message is considered. */
export const SESSION_CONDITIONS = [
  'buffer-empty',
  'buffer-filled',
  'response-active',
  'response-idle',
  'user-speaking',
  'user-silent',
] as const;
export type SessionCondition = (typeof SESSION_CONDITIONS)[number];

/** Any message of the server, and the moment before the first one. */
const ANY_SERVER_EVENT = '*';
const OPENING = 'open';

const nth = kind<number | 'every'>(
  (value) => value === 'every' || (Number.isSafeInteger(value) && Number(value) >= 1),
  "whole number from 1 up, nor 'every'",
  '1',
  { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'every' }] },
);

const connection = about(
  wholeNumber(1).optional(),
  'The n-th connection that chose this scenario, refused ones included. Default: every connection.',
);

/** Where a fault strikes. Exactly one of `event` and `atMs`. */
export const addressSchema = record({
  event: about(
    z.enum([...SERVER_EVENT_TYPES, ...CLIENT_EVENT_TYPES, ANY_SERVER_EVENT, OPENING]).optional(),
    'A message of the server or of the client by its type; `*` is any message of the server, `open` the moment before its first.',
  ),
  atMs: about(
    wholeNumber(0).optional(),
    'A moment instead: when virtual time reaches this many milliseconds. No clock jumps to it.',
  ),
  nth: about(
    nth.optional(),
    'The n-th message that fits everything else here, or `every` one. Faults before this one in the list do not change the count. Default 1.',
  ),
  times: about(wholeNumber(1).optional(), 'Strikes this many times in a row, from the n-th on. Default 1.'),
  response: about(wholeNumber(1).optional(), 'Only messages of the n-th response of the session.'),
  turn: about(
    wholeNumber(0).optional(),
    'Only messages of the n-th user turn: from its first speech_started or its commit to the next; 0 before the first.',
  ),
  state: about(
    z.enum(SESSION_CONDITIONS).optional(),
    'Only while this is true of the session. A response is active from its response.created until just before its response.done.',
  ),
  where: about(
    fields.optional(),
    'Only messages whose fields have these values, by path: `{ item.type: message }`; `~present` and `~absent` stand for fields that are there or not.',
  ),
  connection,
});

const upgradeAddressSchema = record({ connection });

/** Keys that every fault has. */
const COMMON = {
  optional: about(
    z.boolean().optional(),
    'Verification passes even if the fault never fired. Default false, so that a typing error cannot pass.',
  ),
  chance: about(
    chance.optional(),
    '`[1, 3]`: strikes one time in three where it could, drawn from the seed.',
  ),
  note: about(z.string().optional(), 'Why it is there, for readers.'),
} as const;

/** Where a fault strikes. */
export type FaultAddress = z.infer<typeof addressSchema>;

interface FaultCommon {
  optional?: boolean | undefined;
  chance?: readonly [number, number] | undefined;
  note?: string | undefined;
}

/** Kinds that strike before there is a session, for which an address says little. */
type UpgradeKindName = 'refuse-upgrade' | 'slow-upgrade' | 'drop-upgrade';

/** A kind without parameters has no keys, where the schema's own type would forbid all others. */
type OwnKeys<Name extends FaultKindName> = keyof (typeof FAULT_KINDS)[Name]['keys'] extends never
  ? unknown
  : Params<(typeof FAULT_KINDS)[Name]['keys']>;

type FaultOf<Name extends FaultKindName> = FaultCommon &
  (Name extends UpgradeKindName
    ? { do: Name; at?: FaultAddress | undefined }
    : { do: Name; at: FaultAddress }) &
  OwnKeys<Name>;

/** One fault: where it strikes, what it does. */
export type Fault = { [Name in FaultKindName]: FaultOf<Name> }[FaultKindName];

/** A fault for a session that is running: without `at` it strikes at once. */
export type OneShotFault = {
  [Name in FaultKindName]: Omit<FaultOf<Name>, 'at'> & { at?: FaultAddress | undefined };
}[FaultKindName];

/** The row of a kind, without the types of its parameters. */
export function faultKind(name: FaultKindName): FaultKind {
  return FAULT_KINDS[name] as unknown as FaultKind;
}

/** Every kind by name. */
export const FAULT_KIND_NAMES = Object.keys(FAULT_KINDS) as readonly FaultKindName[];

/** Which side an address points to. */
export function strikePointOf({ event }: FaultAddress): StrikePoint {
  if (event === undefined || event === OPENING) return 'moment';
  return CLIENTS.has(event) ? 'client' : 'server';
}

const CLIENTS: ReadonlySet<string> = new Set<ClientEventType | ServerEventType>(CLIENT_EVENT_TYPES);

function objectOf(name: FaultKindName, atRequired: boolean) {
  const { layer, keys, summary } = faultKind(name);
  const at =
    layer === 'upgrade'
      ? upgradeAddressSchema.optional()
      : atRequired
        ? addressSchema
        : addressSchema.optional();
  return z.strictObject({ do: z.literal(name), at, ...keys, ...COMMON }).describe(summary);
}

function unionOf(atRequired: boolean) {
  const [first, ...rest] = FAULT_KIND_NAMES.map((name) => objectOf(name, atRequired));
  if (first === undefined) throw new Error('there are no kinds of fault');
  const union = z.discriminatedUnion('do', [first, ...rest]);
  return kind<z.input<typeof union>>(isPlainObject, 'plain object', "one such as { do: 'drop' }")
    .pipe(union)
    .superRefine((fault, context) => {
      const wrong = whatIsWrong(fault as unknown as OneShotFault, atRequired);
      if (wrong !== undefined) context.addIssue({ code: 'custom', path: wrong.path, message: wrong.message });
    });
}

interface Mistake {
  readonly path: string[];
  readonly message: string;
}

/** What the kinds of values cannot say: whether this kind can strike there. */
function whatIsWrong(fault: OneShotFault, atRequired: boolean): Mistake | undefined {
  const { layer, strikes } = faultKind(fault.do);
  const { at } = fault;
  if (layer === 'upgrade') return undefined;
  if (at === undefined) {
    return atRequired || strikes.includes('moment')
      ? undefined
      : {
          path: ['at'],
          message: `${fault.do} needs a message to strike at. Try at: { event: '${suggestedEvent(strikes)}' }.`,
        };
  }
  if ((at.event === undefined) === (at.atMs === undefined)) {
    const why =
      at.event === undefined
        ? 'it names neither an event nor a moment'
        : 'it names both an event and a moment';
    return { path: ['at'], message: `${why}. Try one of event and atMs.` };
  }
  const point = strikePointOf(at);
  if (strikes.includes(point)) return undefined;
  const target =
    point === 'moment'
      ? 'a moment without a message'
      : `${describeValue(at.event)}, a message of the ${point}`;
  return {
    path: ['at', at.event === undefined ? 'atMs' : 'event'],
    message: `${fault.do} does not strike at ${target}. Try ${alternatives(point)}, or '${suggestedEvent(strikes)}'.`,
  };
}

function suggestedEvent(strikes: readonly StrikePoint[]): string {
  return strikes.includes('server') ? 'response.created' : 'response.create';
}

/** Kinds of the event layer that strike at this point. */
function alternatives(point: StrikePoint): string {
  const names = FAULT_KIND_NAMES.filter(
    (name) => faultKind(name).layer === 'event' && name !== 'pass' && faultKind(name).strikes.includes(point),
  );
  return names.slice(0, 4).join(', ');
}

/** A fault of a scenario. */
export const faultSchema = unionOf(true) as unknown as z.ZodType<Fault>;

/** A fault for a running session. */
export const oneShotFaultSchema = unionOf(false) as unknown as z.ZodType<OneShotFault>;
