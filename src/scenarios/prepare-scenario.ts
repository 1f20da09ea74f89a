/**
 * Gets a scenario ready to be played: voices are decoded once, and what no session could play is refused here,
 * before anything listens. Must never fill in defaults: an absent field stays absent.
 */
import { importWav } from '../media/index.js';
import { resolveQuirks, SoundstageError } from '../protocol/index.js';
import { readScenario } from './read-scenario.js';
import type { Reply, ReplyItem, Scenario } from './scenario.js';

/**
 * Checks every key and value of a scenario and decodes its WAV files. The scenario that was given is left alone.
 *
 * @throws SoundstageError `E_SCENARIO` when a key or a value is wrong, `E_QUIRK_UNKNOWN` or `E_QUIRK_VALUE` for
 *   a bad quirk, `E_SCENARIO_WAV` when a voice cannot be read; `details.path` says where
 */
export function prepareScenario(scenario: Scenario): Scenario {
  return finishScenario(readScenario(scenario));
}

/** The second half of `prepareScenario`, for a scenario whose keys and values have been checked. */
export function finishScenario(checked: Scenario): Scenario {
  // Families differ in the defaults of quirks only: what one takes, all take.
  resolveQuirks('omni35', checked.quirks);
  if (checked.replies === undefined) return checked;
  return {
    ...checked,
    replies: checked.replies.map((reply, index) => prepareReply(reply, `replies[${index}]`)),
  };
}

function prepareReply(reply: Reply, path: string): Reply {
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
  return { message: { ...item.message, ...decoded(item.message.wav, `${path}.message.wav`) } };
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
