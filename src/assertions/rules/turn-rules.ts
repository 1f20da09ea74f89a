/**
 * Rules about whose turn it is: asking for a response and taking one back. The log has the order in which the service
 * read and wrote; what a client had read by then it does not say, so each rule states whom it gives the benefit.
 */
import type { WireSession } from '../wire-session.js';
import { type ResponseSpan, responseSpans } from './response-spans.js';
import { type Breach, judgeEach, type RuleFinding, sentOf } from './rule.js';

/**
 * No `response.create` lies between a `response.created` and the `response.done` with its id. Only responses of the
 * default conversation count.
 *
 * A response whose `response.done` never went out ends where a client could have taken it for over: at the first
 * `response.cancel`, the first `input_audio_buffer.speech_started` or the next `response.created` behind its creation.
 * Some models send no done for a response that was cancelled or interrupted.
 */
export function createWhenIdle(session: WireSession): RuleFinding {
  const busy = responseSpans(session)
    .filter(({ isDefault }) => isDefault)
    .map((span) => ({ ...span, endAt: span.doneAt ?? presumedEnd(span, session) }));
  return judgeEach(sentOf(session, 'response.create'), ({ at }) => {
    const open = busy.find(({ createdAt, endAt }) => createdAt < at && at < endAt);
    return open === undefined ? undefined : `while response ${open.number} was not done`;
  });
}

function presumedEnd({ createdAt, replacedAt }: ResponseSpan, { messages }: WireSession): number {
  const sign = messages.find(
    ({ at, from, type }) =>
      at > createdAt &&
      ((from === 'client' && type === 'response.cancel') ||
        (from === 'server' && type === 'input_audio_buffer.speech_started')),
  );
  return Math.min(sign?.at ?? Number.POSITIVE_INFINITY, replacedAt ?? Number.POSITIVE_INFINITY);
}

/**
 * Every `response.cancel` finds a response between its `response.created` and its `response.done` (of whatever
 * conversation) that the client has not cancelled before. It is counted for the newest of those; ids in it are ignored,
 * as the service ignores them. A response whose done never went out counts as active until the next one is created.
 *
 * One cancel that crosses a `response.done` is forgiven, once for a response that was not cancelled before: when it is
 * the client's first message of any kind behind that done. A client that has sent anything else in between is taken to
 * have read on. There is no such grace for a response that has not been announced.
 */
export function cancelWhenActive(session: WireSession): RuleFinding {
  const spans = responseSpans(session);
  const cancelled = new Set<ResponseSpan>();
  const breaches: Breach[] = [];
  let examined = 0;
  let previousAt = -1;
  for (const { from, type, at, atMs } of session.messages) {
    if (from !== 'client') continue;
    if (type === 'response.cancel') {
      examined += 1;
      const reach = spans.filter((span) => span.createdAt < at && endOf(span) > previousAt);
      const active = reach.filter((span) => endOf(span) > at);
      const target = newest(active, cancelled) ?? newest(reach, cancelled);
      if (target !== undefined) cancelled.add(target);
      else breaches.push({ atMs, what: whyNot(active) });
    }
    previousAt = at;
  }
  return { examined, breaches };
}

function endOf({ doneAt, replacedAt }: ResponseSpan): number {
  return doneAt ?? replacedAt ?? Number.POSITIVE_INFINITY;
}

function newest(
  spans: readonly ResponseSpan[],
  cancelled: ReadonlySet<ResponseSpan>,
): ResponseSpan | undefined {
  return spans.findLast((span) => !cancelled.has(span));
}

function whyNot(active: readonly ResponseSpan[]): string {
  const last = active.at(-1);
  return last === undefined ? 'no response was active' : `response ${last.number} was cancelled already`;
}
