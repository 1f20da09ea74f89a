/**
 * Gets a scenario ready to be played: voices are decoded once, and what no session could play is refused here,
 * before anything listens. Must never fill in defaults: an absent field stays absent.
 */
import { importWav } from '../media/index.js';
import { SoundstageError } from '../protocol/index.js';
import type { Hold, MessageReply, Reply, ReplyItem, Scenario } from './scenario.js';

/**
 * Checks the numbers of a scenario and the replies, and decodes their WAV files.
 *
 * @throws SoundstageError `E_SCENARIO_NUMBER` when a number is out of range, `E_SCENARIO_DELTAS` when the pieces of a text do not add up to it, `E_SCENARIO_WAV` when
 *   a voice cannot be read
 */
export function prepareScenario(scenario: Scenario): Scenario {
  for (const [index, hold] of (scenario.holds ?? []).entries()) checkHold(hold, `holds[${index}]`);
  if (scenario.replies === undefined) return scenario;
  return {
    ...scenario,
    replies: scenario.replies.map((reply, index) => prepareReply(reply, `replies[${index}]`)),
  };
}

function prepareReply(reply: Reply, path: string): Reply {
  checkNumber(reply.delivery?.firstDeltaMs, 0, `${path}.delivery.firstDeltaMs`);
  checkNumber(reply.delivery?.audioChunkMs, 1, `${path}.delivery.audioChunkMs`);
  checkNumber(reply.delivery?.textDeltaMs, 0, `${path}.delivery.textDeltaMs`);
  return {
    ...reply,
    ...decoded(reply.wav, `${path}.wav`),
    ...(reply.items === undefined
      ? {}
      : { items: reply.items.map((item, index) => prepareItem(item, `${path}.items[${index}]`)) }),
  };
}

function prepareItem(item: ReplyItem, path: string): ReplyItem {
  if (!('message' in item)) return item;
  checkDeltas(item.message, path);
  return { message: { ...item.message, ...decoded(item.message.wav, `${path}.message.wav`) } };
}

function checkHold(hold: Hold, path: string): void {
  checkNumber(hold.after.nth, 1, `${path}.after.nth`);
  checkNumber(hold.after.response, 1, `${path}.after.response`);
  checkNumber(hold.patienceMs, 1, `${path}.patienceMs`);
}

/** Counts and virtual times are whole numbers: fractions would let the order of timers depend on rounding. */
function checkNumber(value: number | undefined, least: number, path: string): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new SoundstageError(
    'E_SCENARIO_NUMBER',
    `Cannot play ${path}: ${value} is no whole number from ${least} up. Try ${Math.max(least, 1)}.`,
    { details: { path, value } },
  );
}

function checkDeltas(message: MessageReply, path: string): void {
  const { deltas, text } = message;
  if (deltas === undefined || deltas.join('') === text) return;
  throw new SoundstageError(
    'E_SCENARIO_DELTAS',
    `Cannot play ${path}.message: its deltas add up to ${JSON.stringify(deltas.join(''))}, its text is ${JSON.stringify(text)}. Try leaving out deltas.`,
    { details: { path } },
  );
}

function decoded(wav: Uint8Array | Int16Array | undefined, path: string): { readonly wav?: Int16Array } {
  if (wav === undefined) return {};
  if (wav instanceof Int16Array) return { wav };
  try {
    return { wav: importWav(wav) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SoundstageError('E_SCENARIO_WAV', `Cannot play ${path}: ${why}`, { cause, details: { path } });
  }
}
