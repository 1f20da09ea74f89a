/**
 * Items that the client puts into the conversation or takes out (§3.8).
 */
import {
  type ClientEventOf,
  type ClientItem,
  type Item,
  makeId,
  refuse,
  textTokens,
} from '../../protocol/index.js';
import { addTokens, appendItem, deleteItem } from './conversation.js';
import { emit, emitRefusal } from './emit.js';
import type { SessionState } from './state.js';

type CreateEvent = ClientEventOf<'conversation.item.create'>;

/** Stores an item and acknowledges it with the id the server gave it. */
export function createItem(state: SessionState, event: CreateEvent): void {
  const { item } = event;
  const callId = item.type === 'function_call_output' ? item.call_id : undefined;
  if (callId !== undefined && !answerCall(state, callId, event.event_id)) return;
  const ownId = item.id;
  const id =
    state.quirks.echoClientItemIds && typeof ownId === 'string' && ownId !== ''
      ? ownId
      : makeId('item', state.ids);
  const previous = appendItem(state.conversation, id, callId === undefined ? 'message' : 'tool-output');
  const stored = storedItem(item, id);
  addTokens(state.conversation, { textTokens: textTokens(writtenText(item)) });
  emit(state, { type: 'conversation.item.created', ...previous, item: stored });
}

/** Takes an item out, or refuses the type where the quirk says that the service does not know it. */
export function deleteConversationItem(
  state: SessionState,
  event: ClientEventOf<'conversation.item.delete'>,
): void {
  if (!state.quirks.acceptItemDelete) {
    emitRefusal(state, refuse('unknown-event-type', { type: event.type }), event.event_id);
    return;
  }
  deleteItem(state.conversation, event.item_id);
  emit(state, { type: 'conversation.item.deleted', item_id: event.item_id });
}

/** Marks a call as answered; false when there is no such call or it has its answer. */
function answerCall(state: SessionState, callId: string, clientEventId: string | undefined): boolean {
  const call = state.conversation.calls.get(callId);
  if (call === 'open') {
    state.conversation.calls.set(callId, 'answered');
    return true;
  }
  const refusal =
    call === undefined ? refuse('unknown-call-id', { id: callId }) : refuse('duplicate-call-output');
  emitRefusal(state, refusal, clientEventId);
  return false;
}

/** The item as the service shows it: its own id, complete, with the fields of its type (§4.9). */
function storedItem(item: ClientItem, id: string): Item {
  const head = { id, object: 'realtime.item', status: 'completed' } as const;
  if (item.type === 'function_call_output') {
    return { ...head, type: item.type, call_id: item.call_id, output: item.output };
  }
  if (item.type === 'mcp_approval_response') {
    const { type, approval_request_id, approve } = item;
    return { ...head, type, approval_request_id, approve };
  }
  const content = item.content.map(({ type, text }) => ({ type, text }));
  return { ...head, type: item.type, role: item.role ?? 'user', content };
}

function writtenText(item: ClientItem): string {
  if (item.type === 'function_call_output') return item.output;
  return item.type === 'message' ? item.content.map((part) => part.text).join('') : '';
}
