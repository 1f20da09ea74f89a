/**
 * Rules about setting a session up and naming messages.
 */
import { describeValue } from '../../protocol/index.js';
import { isSameValue, readPath } from '../../scenarios/index.js';
import type { WireMessage, WireSession } from '../wire-session.js';
import { judgeEach, type RuleFinding, sentOf } from './rule.js';

/** No two messages of the client on one connection have the same text as `event_id`. Messages without one are free. */
export function uniqueEventIds({ messages }: WireSession): RuleFinding {
  const used = new Set<string>();
  const named = messages.filter(
    ({ from, event }) => from === 'client' && typeof readPath(event, 'event_id') === 'string',
  );
  return judgeEach(named, ({ event }) => {
    const id = String(readPath(event, 'event_id'));
    if (used.has(id)) return `${describeValue(id)} again`;
    used.add(id);
    return undefined;
  });
}

/**
 * Before the client's first `input_audio_buffer.append` or `response.create` a `session.updated` went out. A client that
 * sends neither keeps the rule; one that never updates its session and sends either does not.
 */
export function setupFirst({ messages }: WireSession): RuleFinding {
  const isRequest = (type: string) => type === 'input_audio_buffer.append' || type === 'response.create';
  const first = messages.find(({ from, type }) => from === 'client' && isRequest(type));
  if (first === undefined) return { examined: 0, breaches: [] };
  const isReady = messages.some(
    ({ from, type, at }) => from === 'server' && type === 'session.updated' && at < first.at,
  );
  const what = `${first.type} before session.updated`;
  return { examined: 1, breaches: isReady ? [] : [{ atMs: first.atMs, what }] };
}

/**
 * No `session.update` has the same `session` as the one before it, whatever other messages lie between and whatever the
 * service answered. The order of keys makes no difference.
 */
export function noRepeatedUpdate(session: WireSession): RuleFinding {
  let last: WireMessage | undefined;
  return judgeEach(sentOf(session, 'session.update'), (update) => {
    const before = last;
    last = update;
    if (before === undefined) return undefined;
    const isSame = isSameValue(readPath(before.event, 'session'), readPath(update.event, 'session'));
    return isSame ? `the same as at ${before.atMs} ms` : undefined;
  });
}
