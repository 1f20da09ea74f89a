/**
 * From where to where each response of a connection lasted, as its client could see it. Must never judge.
 */
import { readPath } from '../../scenarios/index.js';
import { responseIdOf, type WireMessage, type WireSession } from '../wire-session.js';

/** One response, by places in the log. */
export interface ResponseSpan {
  /** Its number on the connection, from 1. */
  readonly number: number;
  readonly createdAt: number;
  /** Where its `response.done` went out; undefined when none ever did. */
  readonly doneAt: number | undefined;
  /** Where the next response of the same conversation was created: by then it is over, done or not. */
  readonly replacedAt: number | undefined;
  /** Whether it belongs to the conversation of the session's first response. */
  readonly isDefault: boolean;
}

/**
 * The responses that were announced, in order; an id that is announced again is the same response. A response without
 * a conversation id belongs to the default conversation; one whose id is null, or another, does not.
 */
export function responseSpans({ messages }: WireSession): readonly ResponseSpan[] {
  const announced = firstAnnouncements(messages);
  const doneAt = new Map<string, number>();
  for (const { from, type, event, at } of messages) {
    const id = responseIdOf(event);
    if (from !== 'server' || type !== 'response.done' || id === undefined) continue;
    if (!doneAt.has(id)) doneAt.set(id, at);
  }
  const conversations = announced.map(({ event }) => readPath(event, 'response.conversation_id'));
  const defaultConversation = conversations.find((id) => typeof id === 'string');
  const isDefault = conversations.map((id) => id === undefined || id === defaultConversation);
  return announced.map(({ event, at }, index) => {
    const next = announced.findIndex(
      (_, later) =>
        later > index &&
        isDefault[later] === isDefault[index] &&
        (isDefault[index] === true || conversations[later] === conversations[index]),
    );
    return {
      number: index + 1,
      createdAt: at,
      doneAt: doneAt.get(responseIdOf(event) ?? ''),
      replacedAt: announced[next]?.at,
      isDefault: isDefault[index] ?? true,
    };
  });
}

function firstAnnouncements(messages: readonly WireMessage[]): readonly WireMessage[] {
  const known = new Set<string>();
  return messages.filter(({ from, type, event }) => {
    if (from !== 'server' || type !== 'response.created') return false;
    const id = responseIdOf(event);
    if (id === undefined) return true;
    const isNew = !known.has(id);
    known.add(id);
    return isNew;
  });
}
