/**
 * Which response of its connection a message belongs to: responses are counted by the `response.created` that went
 * out, and known by their ids. Must never look at what a response says.
 */
import { responseIdOf, type WireMessage, type WireSession } from './wire-session.js';

/**
 * The number of the response of each message, from 1; messages of no response are left out. An id that is announced
 * twice is one response; an announcement without an id counts, and no other message belongs to it.
 */
export function numberResponses({ messages }: WireSession): ReadonlyMap<WireMessage, number> {
  const numbers = new Map<WireMessage, number>();
  const byId = new Map<string, number>();
  let count = 0;
  for (const message of messages) {
    if (message.from !== 'server' || message.type !== 'response.created') continue;
    const id = responseIdOf(message.event);
    const known = id === undefined ? undefined : byId.get(id);
    if (known === undefined) count += 1;
    numbers.set(message, known ?? count);
    if (id !== undefined) byId.set(id, known ?? count);
  }
  for (const message of messages) {
    const number = byId.get(responseIdOf(message.event) ?? '');
    if (number !== undefined) numbers.set(message, number);
  }
  return numbers;
}
