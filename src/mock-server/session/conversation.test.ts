/**
 * The order of items and what is remembered of them.
 */
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../protocol/limits.js';
import { addTokens, appendItem, createConversation, deleteItem, openCall } from './conversation.js';

describe('previous_item_id (§4.9)', () => {
  test('the first item has none, every other names the one before', () => {
    const conversation = createConversation();
    expect(appendItem(conversation, 'a', 'message')).toEqual({});
    expect(appendItem(conversation, 'b', 'call')).toEqual({ previous_item_id: 'a' });
    expect(appendItem(conversation, 'c', 'tool-output')).toEqual({ previous_item_id: 'b' });
  });

  test('after the newest item was deleted, the one before it is the previous', () => {
    const conversation = createConversation();
    for (const id of ['a', 'b', 'c']) appendItem(conversation, id, 'message');
    expect(deleteItem(conversation, 'c')).toBe(true);
    expect(deleteItem(conversation, 'c')).toBe(false);
    expect(appendItem(conversation, 'd', 'message')).toEqual({ previous_item_id: 'b' });
  });

  test('when all are deleted, the next is a first item again', () => {
    const conversation = createConversation();
    appendItem(conversation, 'a', 'message');
    deleteItem(conversation, 'a');
    expect(appendItem(conversation, 'b', 'message')).toEqual({});
  });
});

test('the newest item is the output of a tool until another comes or it is deleted', () => {
  const conversation = createConversation();
  appendItem(conversation, 'output', 'tool-output');
  expect(conversation.lastIsToolOutput).toBe(true);
  deleteItem(conversation, 'output');
  expect(conversation.lastIsToolOutput).toBe(false);
  appendItem(conversation, 'output', 'tool-output');
  appendItem(conversation, 'message', 'message');
  expect(conversation.lastIsToolOutput).toBe(false);
});

test('the oldest items and calls are forgotten beyond the limit', () => {
  const conversation = createConversation();
  for (let index = 0; index <= LIMITS.conversationItems; index += 1) {
    appendItem(conversation, `item_${index}`, 'message');
    openCall(conversation, `call_${index}`);
  }
  expect(conversation.itemIds.size).toBe(LIMITS.conversationItems);
  expect(conversation.itemIds.has('item_0')).toBe(false);
  expect(conversation.itemIds.has('item_1')).toBe(true);
  expect(conversation.calls.size).toBe(LIMITS.conversationItems);
  expect(conversation.calls.has('call_0')).toBe(false);
});

test('the cost of the history adds up', () => {
  const conversation = createConversation();
  addTokens(conversation, { textTokens: 3 });
  addTokens(conversation, { textTokens: 1, audioTokens: 7, imageTokens: 2 });
  expect(conversation.tokens).toEqual({ textTokens: 4, audioTokens: 7, imageTokens: 2 });
});
