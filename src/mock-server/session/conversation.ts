/**
 * The conversation: the order of its items, which tool calls exist and what the history costs in tokens. The
 * words themselves are not kept: nothing the simulation does depends on them.
 */
import { LIMITS } from '../../protocol/limits.js';
import type { InputTokens } from './response-types.js';

export interface Conversation {
  /** Ids in order; the oldest are forgotten beyond `LIMITS.conversationItems`. */
  itemIds: Set<string>;
  lastItemId: string | undefined;
  /** Whether the newest item is the output of a tool. */
  lastIsToolOutput: boolean;
  /** Tool calls by id, and whether their output has arrived. */
  readonly calls: Map<string, 'open' | 'answered'>;
  /** What the history costs whoever reads it. */
  readonly tokens: InputTokens;
}

export function createConversation(): Conversation {
  return {
    itemIds: new Set(),
    lastItemId: undefined,
    lastIsToolOutput: false,
    calls: new Map(),
    tokens: { textTokens: 0, audioTokens: 0, imageTokens: 0 },
  };
}

/**
 * Appends an item and returns what a `conversation.item.created` says about its predecessor: nothing for the
 * first item (§4.9).
 */
export function appendItem(
  conversation: Conversation,
  id: string,
  kind: 'message' | 'call' | 'tool-output',
): { previous_item_id?: string } {
  const previous = conversation.lastItemId;
  conversation.itemIds.add(id);
  conversation.lastItemId = id;
  conversation.lastIsToolOutput = kind === 'tool-output';
  if (conversation.itemIds.size > LIMITS.conversationItems) {
    const [oldest] = conversation.itemIds;
    if (oldest !== undefined) conversation.itemIds.delete(oldest);
  }
  return previous === undefined ? {} : { previous_item_id: previous };
}

/** Removes an item; false when there is none of that id. */
export function deleteItem(conversation: Conversation, id: string): boolean {
  const existed = conversation.itemIds.delete(id);
  if (conversation.lastItemId === id) {
    conversation.lastItemId = [...conversation.itemIds].at(-1);
    conversation.lastIsToolOutput = false;
  }
  return existed;
}

/** Remembers a tool call, so that an output can refer to it. */
export function openCall(conversation: Conversation, callId: string): void {
  conversation.calls.set(callId, 'open');
  if (conversation.calls.size > LIMITS.conversationItems) {
    const [oldest] = conversation.calls.keys();
    if (oldest !== undefined) conversation.calls.delete(oldest);
  }
}

/** Adds to what the history costs. */
export function addTokens(conversation: Conversation, tokens: Partial<InputTokens>): void {
  conversation.tokens.textTokens += tokens.textTokens ?? 0;
  conversation.tokens.audioTokens += tokens.audioTokens ?? 0;
  conversation.tokens.imageTokens += tokens.imageTokens ?? 0;
}
