/**
 * From a request to a running response: when it may start, what it will say, what it reads. Refusals of the
 * start happen here; everything after `response.created` belongs to the response lane.
 */
import { importWav, resamplePcm16 } from '../../media/index.js';
import {
  type FunctionTool,
  functionTool,
  makeId,
  openRandomStream,
  refuse,
  textTokens,
} from '../../protocol/index.js';
import type { MessageReply, Reply, ReplyItem, ToolCallReply } from '../../scenarios/index.js';
import { emitRefusal } from './emit.js';
import { generateArguments, spacedJson } from './generated-arguments.js';
import { generateAnswer } from './generated-text.js';
import { isHeld } from './holds.js';
import { later } from './outbox.js';
import { cancelProactiveResponse } from './patience.js';
import { type PlannedItem, planResponse } from './reply-plan.js';
import { beginResponse } from './response-lane.js';
import type { InputTokens, ResponseEnd, ResponseRequest } from './response-types.js';
import type { SessionState } from './state.js';

/** From the end of a voice turn to `response.created`, in virtual milliseconds; later than its transcript. */
const VOICE_RESPONSE_LATENCY_MS = 300;

/** Whether a response is being given or is about to start. */
export function isResponding(state: SessionState): boolean {
  return state.response !== undefined || state.starting !== undefined;
}

/**
 * Starts a response as soon as it may: at once, or when the transcript it waits for is out (§5.2, §5.3).
 * The lane must be free.
 */
export function requestResponse(state: SessionState, request: ResponseRequest): void {
  const delayMs = request.cause === 'voice' ? VOICE_RESPONSE_LATENCY_MS : transcriptWaitMs(state);
  state.starting = request;
  if (delayMs === 0 && !isHeld(state.holds, 'response')) startResponse(state);
  else later(state, 'response', delayMs, { do: 'start-response' });
}

/** Announces the response that is about to start, or refuses it. */
export function startResponse(state: SessionState): void {
  const request = state.starting;
  if (request === undefined) return;
  state.starting = undefined;
  cancelProactiveResponse(state);
  const scripted = state.options.scenario.replies?.[state.replyCount];
  state.replyCount += 1;
  if (!state.settings.voiceSupported) {
    emitRefusal(
      state,
      refuse('voice-unsupported-deferred', { voice: state.settings.voice }),
      request.clientEventId,
    );
    return;
  }
  if (scripted?.refusal !== undefined) {
    emitRefusal(state, refuse(scripted.refusal, REFUSAL_VALUES), request.clientEventId);
    return;
  }
  state.responseCount += 1;
  beginResponse(state, prepare(state, request, completeReply(state, request, scripted ?? {})));
}

/** Placeholders of refusals that a script asks for by name: it has no values to put there. */
const REFUSAL_VALUES = Object.fromEntries(
  [
    'value',
    'voice',
    'type',
    'id',
    'name',
    'model',
    'expected',
    'path',
    'range',
    'sibling',
    'widthPx',
    'heightPx',
  ].map((name) => [name, '']),
);

function prepare(state: SessionState, request: ResponseRequest, reply: Reply) {
  const { settings } = state;
  const modalities = request.modalities ?? settings.modalities;
  const format = settings.output;
  const random = openRandomStream(
    state.options.seed,
    'ids',
    `${state.options.connectionKey}/calls/${state.responseCount}`,
  );
  const plan = planResponse({
    items: plannedItems(reply, format.sampleRateHz),
    spoken: modalities.includes('audio'),
    voice: settings.voice,
    format,
    delivery: reply.delivery ?? {},
    maxTokens: state.family.capabilities.sampling
      ? settings.sampling.max_tokens
      : state.family.limits.maxOutputTokens,
    itemId: () => makeId('item', state.ids),
    callId: () => makeId('call', random),
  });
  return {
    id: makeId('response', state.ids),
    number: state.responseCount,
    request,
    reply,
    modalities,
    voice: settings.voice,
    format,
    items: plan.items,
    inputTokens: inputTokens(state, request),
    family: state.family.id,
    steps: plan.steps,
    next: 0,
    openedItems: 0,
    end: endOf(reply, plan.truncated),
    firstAudioAtMs: undefined,
    callAnnounced: false,
  };
}

function endOf(reply: Reply, truncated: boolean): ResponseEnd {
  if (reply.failed !== undefined) return { status: 'failed', error: reply.failed };
  if (reply.incomplete !== undefined) return { status: 'incomplete', reason: reply.incomplete };
  return truncated ? { status: 'incomplete', reason: 'max_output_tokens' } : { status: 'completed' };
}

/** A script that says how but not what is filled in with a generated answer; a failure needs none. */
function completeReply(state: SessionState, request: ResponseRequest, scripted: Reply): Reply {
  const { text, items, toolCalls, failed } = scripted;
  const says = text ?? items ?? toolCalls ?? failed;
  return says === undefined ? { ...generateReply(state, request), ...scripted } : scripted;
}

/** A call when tools are offered and their output is not the news, else a sentence (§11, generated replies). */
function generateReply(state: SessionState, request: ResponseRequest): Reply {
  const tool =
    request.cause === 'silence' || state.conversation.lastIsToolOutput ? undefined : offeredTool(state);
  if (tool === undefined) {
    return { text: generateAnswer(state.options.seed, state.options.connectionKey, state.responseCount) };
  }
  return {
    toolCalls: [{ name: tool.name, arguments: generateArguments(tool.parameters) }],
  };
}

function offeredTool(state: SessionState): FunctionTool | undefined {
  const { tools, toolChoice } = state.settings;
  if (toolChoice === 'none') return undefined;
  const offered = tools.flatMap((tool) => functionTool(tool) ?? []);
  const wanted = typeof toolChoice === 'object' && toolChoice !== null ? chosenName(toolChoice) : undefined;
  return offered.find((tool) => tool.name === wanted) ?? offered[0];
}

function chosenName(choice: object): unknown {
  const { function: nested, name } = choice as { function?: { name?: unknown }; name?: unknown };
  return nested?.name ?? name;
}

function plannedItems(reply: Reply, sampleRateHz: number): PlannedItem[] {
  if (reply.items !== undefined) return reply.items.map((item) => plannedItem(item, sampleRateHz));
  const items: PlannedItem[] = [];
  if (reply.text !== undefined) items.push(message({ text: reply.text, wav: reply.wav }, sampleRateHz));
  for (const toolCall of reply.toolCalls ?? []) items.push(call(toolCall));
  return items;
}

function plannedItem(item: ReplyItem, sampleRateHz: number): PlannedItem {
  return 'message' in item ? message(item.message, sampleRateHz) : call(item.toolCall);
}

function message(
  reply: Omit<MessageReply, 'wav'> & { wav?: MessageReply['wav'] | undefined },
  rateHz: number,
): PlannedItem {
  const recorded = reply.wav instanceof Uint8Array ? importWav(reply.wav) : reply.wav;
  const samples = recorded === undefined ? undefined : resamplePcm16(recorded, 16_000, rateHz);
  return { kind: 'message', text: reply.text, deltas: reply.deltas, samples };
}

function call(reply: ToolCallReply): PlannedItem {
  const argumentsText = typeof reply.arguments === 'string' ? reply.arguments : spacedJson(reply.arguments);
  return { kind: 'call', name: reply.name, argumentsText, delta: reply.delta ?? true };
}

/** How long the transcript that has to come first still takes. */
function transcriptWaitMs(state: SessionState): number {
  if (isHeld(state.holds, 'transcription')) return 0;
  let waitMs = 0;
  for (const { dueMs } of state.pendingTranscriptions) {
    if (dueMs !== undefined) waitMs = Math.max(waitMs, dueMs - state.queue.nowMs);
  }
  return waitMs;
}

/** What the model reads: instructions, tools and the whole history (§11.12). */
function inputTokens(state: SessionState, request: ResponseRequest): InputTokens {
  const { tokens } = state.conversation;
  const instructions = request.instructions ?? state.settings.instructions ?? '';
  const tools = state.settings.tools.length === 0 ? '' : JSON.stringify(state.settings.tools);
  return { ...tokens, textTokens: tokens.textTokens + textTokens(instructions) + textTokens(tools) };
}
