/**
 * Faults at work in a session: what stands between a message that the service means to send, or one that the client
 * has sent, and what becomes of it. Must never decide what the service means to say.
 */
import { type IdKind, makeId } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import type {
  Fault,
  FaultAction,
  OneShotFault,
  SessionCondition,
  StrikeContext,
  StrikePoint,
} from '../../scenarios/index.js';
import { EarlierIds } from './earlier-ids.js';
import { actOut, type Outgoing, passOn, releaseWithheld, type Withheld } from './fault-actions.js';
import {
  addRule,
  type Considered,
  createFaultRules,
  describeRule,
  type FaultRule,
  type FaultRules,
  firstVerdict,
  rulesFor,
} from './fault-rules.js';
import { note, sendOut } from './outbox.js';
import type { SessionState } from './state.js';
import { scheduleMoment } from './timers.js';

/** Messages that wait for others to be sent in another order. */
interface Collecting {
  readonly messages: Outgoing[];
  readonly order: readonly number[];
}

/** The faults of a session and what they have in hand. */
export interface Faults {
  readonly rules: FaultRules;
  withheld: readonly Withheld[];
  withheldCount: number;
  collecting: Collecting | undefined;
  /** Invented messages, one of which goes out behind each message of the service. */
  trickle: string[];
  /** The server says nothing any more. */
  isMute: boolean;
  /** Ids by key, kept only where a fault may ask for them. */
  earlier: EarlierIds | undefined;
}

/** Kinds that ask for ids of earlier messages. */
const REMEMBERS: ReadonlySet<string> = new Set<OneShotFault['do']>(['reuse-id', 'inject']);

export function createFaults(
  faults: readonly Fault[],
  connection: number,
  streamOf: { readonly seed: number; readonly connectionKey: string },
): Faults {
  return {
    rules: createFaultRules(faults, connection, streamOf),
    withheld: [],
    withheldCount: 0,
    collecting: undefined,
    trickle: [],
    isMute: false,
    earlier: faults.some((fault) => REMEMBERS.has(fault.do)) ? new EarlierIds() : undefined,
  };
}

/** Puts the moments that faults strike at into the queue. */
export function scheduleMoments(state: SessionState): void {
  for (const rule of state.faults.rules.all) scheduleMomentOf(state, rule);
}

/** Sends a message that the service means to send, unless a fault has other plans. */
export function sendMessage(state: SessionState, message: Outgoing): void {
  if (state.phase === 'closing') return;
  const { faults } = state;
  // What is kept back until this message, which becomes of it what may: it is meant, and that is what counts.
  const waiting = faults.withheld;
  const candidates = rulesFor(faults.rules, message.type);
  const rule = candidates === undefined ? undefined : verdictOn(state, candidates, message);
  if (rule === undefined) passOn(state, message);
  else strike(state, rule, 'server', message, undefined, () => passOn(state, message));
  releaseWithheld(state, message.type, waiting);
  faults.earlier?.remember(message.text, message.audio !== undefined);
}

/** Whether a fault looks at this event of the client, and what becomes of it; `carryOut` is called at most once. */
export function takeRequest(
  state: SessionState,
  request: { readonly type: string; readonly eventId: string | undefined; readonly event: unknown },
  carryOut: () => void,
): void {
  const candidates = rulesFor(state.faults.rules, request.type);
  const named = candidates?.filter(({ at }) => at?.event === request.type) ?? [];
  const rule =
    named.length === 0
      ? undefined
      : firstVerdict(
          named,
          considered(state, request.type, () => request.event),
          state.faults.rules.random,
        );
  if (rule === undefined) carryOut();
  else strike(state, rule, 'client', undefined, request, carryOut);
}

/** Strikes at the moment before the service's first message. */
export function strikeOpening(state: SessionState): void {
  const candidates = state.faults.rules.byEvent.get('open')?.filter(({ at }) => at?.event === 'open') ?? [];
  const rule = firstVerdict(candidates, considered(state, 'open', noEvent), state.faults.rules.random);
  if (rule !== undefined) strikeMoment(state, rule);
}

/** A moment in virtual time has come. */
export function onMomentDue(state: SessionState, index: number): void {
  const rule = state.faults.rules.all.find((candidate) => candidate.index === index);
  if (rule?.at === undefined) return;
  const verdict = firstVerdict([rule], considered(state, '', noEvent), state.faults.rules.random);
  if (verdict !== undefined) strikeMoment(state, verdict);
}

/** Adds a fault to a running session; without an address it strikes at once. */
export function addFault(state: SessionState, fault: OneShotFault): void {
  const { faults } = state;
  const last = faults.rules.all.at(-1)?.index ?? -1;
  const known = Math.max(last + 1, state.options.scenario.faults?.length ?? 0);
  if (REMEMBERS.has(fault.do)) faults.earlier ??= new EarlierIds();
  const { connection = 1 } = state.options;
  if (fault.at?.connection !== undefined && fault.at.connection !== connection) {
    const reason = `it names connection ${fault.at.connection}, and this is connection ${connection}`;
    note(state, 'fault-skipped', { fault: known, do: fault.do, reason });
    return;
  }
  const rule = addRule(faults.rules, known, fault);
  if (fault.at === undefined) strikeMoment(state, rule);
  else scheduleMomentOf(state, rule);
}

/** The faults that have not struck, as the details of remarks. */
export function unfiredFaults(state: SessionState): Readonly<Record<string, string | number | boolean>>[] {
  return state.faults.rules.all
    .filter(({ fired }) => fired === 0)
    .map((rule) => ({ ...describeRule(rule), seen: rule.seen, optional: rule.fault.optional === true }));
}

function strikeMoment(state: SessionState, rule: FaultRule): void {
  strike(state, rule, 'moment', undefined, undefined, () => {});
}

function strike(
  state: SessionState,
  rule: FaultRule,
  point: StrikePoint,
  message: Outgoing | undefined,
  request: StrikeContext['request'],
  forward: () => void,
): void {
  const wanted = rule.kind.strike?.(rule.fault, contextOf(state, point, message, request)) ?? {
    skip: 'it strikes at upgrades only',
  };
  if ('skip' in wanted) {
    note(state, 'fault-skipped', { ...describeRule(rule), reason: wanted.skip });
    forward();
    return;
  }
  rule.fired += 1;
  note(state, 'fault-fired', { ...describeRule(rule), time: rule.fired, ...whatWas(message, request) });
  if (message !== undefined && !carriesOn(wanted)) {
    sendOut(state, { text: undefined, intended: message.text, disposition: 'dropped' });
  }
  for (const action of wanted) actOut(state, action, message, forward);
}

const CARRYING: ReadonlySet<string> = new Set<FaultAction['act']>([
  'forward',
  'change',
  'withhold',
  'collect',
]);
const ENDING: ReadonlySet<string> = new Set<FaultAction['act']>(['close', 'end', 'reset']);

/** Whether the struck message lives on in one of the actions, changed or not, before the connection ends. */
function carriesOn(actions: readonly FaultAction[]): boolean {
  const decisive = actions.find(({ act }) => CARRYING.has(act) || ENDING.has(act));
  return decisive !== undefined && CARRYING.has(decisive.act);
}

function whatWas(
  message: Outgoing | undefined,
  request: StrikeContext['request'],
): Readonly<Record<string, string>> {
  const struck = message?.type ?? request?.type;
  return struck === undefined ? {} : { struck };
}

function contextOf(
  state: SessionState,
  point: StrikePoint,
  message: Outgoing | undefined,
  request: StrikeContext['request'],
): StrikeContext {
  const { random } = state.faults.rules;
  const { earlier } = state.faults;
  return {
    point,
    message:
      message === undefined
        ? undefined
        : {
            type: message.type,
            text: message.text,
            event: () => parseObject(message.text),
          },
    request,
    random,
    roomChars: Math.max(0, LIMITS.inventedChars - state.inventedChars),
    newId: (kind: IdKind) => makeId(kind, random),
    earlierId: (key, which, not) => earlier?.find(key, which, not),
  };
}

function verdictOn(
  state: SessionState,
  candidates: readonly FaultRule[],
  message: Outgoing,
): FaultRule | undefined {
  return firstVerdict(
    candidates,
    considered(state, message.type, () => parse(message.text), message),
    state.faults.rules.random,
  );
}

function considered(
  state: SessionState,
  type: string,
  event: () => unknown,
  { response, turn }: { readonly response?: number | undefined; readonly turn?: number | undefined } = {},
): Considered {
  return {
    type,
    response,
    turn: turn ?? currentTurn(state),
    holds: (condition) => isTrue(state, condition),
    event,
  };
}

const noEvent = () => undefined;

function parseObject(text: string): Record<string, unknown> | undefined {
  const value = parse(text);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

/** Verbatim messages need not be JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** User turns that have begun: those ended and the one being spoken. */
export function currentTurn(state: SessionState): number {
  return state.userTurnCount + (state.input.utterance === undefined ? 0 : 1);
}

function isTrue(state: SessionState, condition: SessionCondition): boolean {
  switch (condition) {
    case 'buffer-empty':
      return state.input.sizeBytes === 0;
    case 'buffer-filled':
      return state.input.sizeBytes > 0;
    case 'response-active':
      return state.response !== undefined;
    case 'response-idle':
      return state.response === undefined && state.starting === undefined;
    case 'user-speaking':
      return state.input.utterance !== undefined;
    case 'user-silent':
      return state.input.utterance === undefined;
  }
}

function scheduleMomentOf(state: SessionState, rule: FaultRule): void {
  const atMs = rule.at?.atMs;
  if (atMs === undefined) return;
  scheduleMoment(state.queue, atMs, { do: 'fault-moment', fault: rule.index });
}
