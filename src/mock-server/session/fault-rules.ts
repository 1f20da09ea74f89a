/**
 * Which fault strikes where: counting and matching only. What a fault does, and what its actions mean for the session,
 * is decided elsewhere.
 */
import { openRandomStream, type RandomStream } from '../../protocol/index.js';
import {
  comesTrue,
  type Fault,
  type FaultAddress,
  type FaultKind,
  faultKind,
  matchesFields,
  type OneShotFault,
  type SessionCondition,
} from '../../scenarios/index.js';

/** One fault of the session and what has become of it. */
export interface FaultRule {
  /** Its place in the list of the scenario; faults that were added later go on from there. */
  readonly index: number;
  readonly fault: OneShotFault;
  readonly kind: FaultKind;
  readonly at: FaultAddress | undefined;
  /** Messages that fit its address. */
  seen: number;
  /** How often it has struck. */
  fired: number;
}

/** The faults of one session, by the messages they could strike at. */
export interface FaultRules {
  readonly all: FaultRule[];
  /** Rules by event type, those of `*` among them, in the order of the list. */
  readonly byEvent: Map<string, FaultRule[]>;
  /** Rules of `*` alone, for event types that no rule names. */
  readonly ofAny: FaultRule[];
  readonly random: RandomStream;
}

/** A message or event that is considered, as far as an address can ask about it. */
export interface Considered {
  readonly type: string;
  readonly response: number | undefined;
  readonly turn: number;
  readonly holds: (condition: SessionCondition) => boolean;
  /** The message itself, parsed when somebody asks. */
  readonly event: () => unknown;
}

const ANY = '*';

/** The rules of a scenario for one connection; those of other connections are left out. */
export function createFaultRules(
  faults: readonly Fault[],
  connection: number,
  streamOf: { readonly seed: number; readonly connectionKey: string },
): FaultRules {
  const rules: FaultRules = {
    all: [],
    byEvent: new Map(),
    ofAny: [],
    random: openRandomStream(streamOf.seed, 'faults', streamOf.connectionKey),
  };
  for (const [index, fault] of faults.entries()) {
    const isElsewhere = fault.at?.connection !== undefined && fault.at.connection !== connection;
    if (!isElsewhere && faultKind(fault.do).layer !== 'upgrade') addRule(rules, index, fault);
  }
  return rules;
}

/** Adds a rule behind the others. */
export function addRule(rules: FaultRules, index: number, fault: OneShotFault): FaultRule {
  const rule: FaultRule = { index, fault, kind: faultKind(fault.do), at: fault.at, seen: 0, fired: 0 };
  rules.all.push(rule);
  const event = rule.at?.event;
  if (event === ANY) {
    rules.ofAny.push(rule);
    for (const list of rules.byEvent.values()) list.push(rule);
  } else if (event !== undefined) {
    const list = rules.byEvent.get(event) ?? [...rules.ofAny];
    list.push(rule);
    list.sort((one, other) => one.index - other.index);
    rules.byEvent.set(event, list);
  }
  return rule;
}

/** The rules that could strike at this type; undefined when there are none. */
export function rulesFor(rules: FaultRules, type: string): readonly FaultRule[] | undefined {
  const named = rules.byEvent.get(type);
  if (named !== undefined) return named;
  return rules.ofAny.length === 0 ? undefined : rules.ofAny;
}

/** Counts a message for all rules that it fits, and returns the first that strikes at it. */
export function firstVerdict(
  candidates: readonly FaultRule[],
  considered: Considered,
  random: RandomStream,
): FaultRule | undefined {
  let verdict: FaultRule | undefined;
  for (const rule of candidates) {
    if (rule.at === undefined || !fits(rule.at, considered)) continue;
    rule.seen += 1;
    if (verdict !== undefined || !isTurn(rule.at, rule.seen)) continue;
    const { chance } = rule.fault;
    if (chance === undefined || comesTrue(chance, random)) verdict = rule;
  }
  return verdict;
}

/** A fault as the details of a remark in the log. */
export function describeRule(rule: FaultRule): Record<string, string | number> {
  const { index, fault, kind, at } = rule;
  return {
    fault: index,
    do: fault.do,
    layer: kind.layer,
    ...(at?.event === undefined ? {} : { event: at.event }),
    ...(at?.atMs === undefined ? {} : { atMs: at.atMs }),
  };
}

function fits(at: FaultAddress, { response, turn, holds, event }: Considered): boolean {
  if (at.response !== undefined && at.response !== response) return false;
  if (at.turn !== undefined && at.turn !== turn) return false;
  if (at.state !== undefined && !holds(at.state)) return false;
  return at.where === undefined || matchesFields(event(), at.where);
}

/** Whether the n-th fitting message is one that the rule strikes at. */
function isTurn({ nth = 1, times }: FaultAddress, seen: number): boolean {
  if (nth === 'every') return times === undefined || seen <= times;
  return seen >= nth && seen < nth + (times ?? 1);
}
