/**
 * What a demo session can claim of what its client saw. Each claim is one sentence that is true or not.
 */
import type { ServerEventType } from '../protocol/index.js';
import type { DemoDriver } from './demo-driver.js';
import type { DemoClaim } from './demo-session.js';

const OUTPUT_RATE_HZ = 24_000;

export const CLAIMS = {
  /** Events of these types came in this order, whatever came between them. */
  order(driver: DemoDriver, types: readonly ServerEventType[]): DemoClaim {
    let next = 0;
    for (const type of driver.types) if (type === types[next]) next += 1;
    return { text: `events came in the order ${types.join(', ')}`, holds: next === types.length };
  },

  /** The first turn was transcribed as these words. */
  heard(driver: DemoDriver, words: string): DemoClaim {
    const [heard] = driver.all('conversation.item.input_audio_transcription.completed');
    const holds = heard?.type === 'conversation.item.input_audio_transcription.completed';
    return { text: `the words were transcribed as “${words}”`, holds: holds && heard.transcript === words };
  },

  /** The responses ended like this, and there was no other. */
  responsesEnded(driver: DemoDriver, endings: readonly string[]): DemoClaim {
    const found = driver.events.flatMap((event) => {
      if (event.type !== 'response.done') return [];
      const { status, status_details: details } = event.response;
      const reason = details !== undefined && 'reason' in details ? details.reason : undefined;
      return [reason === undefined ? status : `${status} by ${reason}`];
    });
    return { text: `responses ended: ${endings.join(', then ')}`, holds: sameList(found, endings) };
  },

  /** The server refused with these messages, and nothing else. */
  refused(driver: DemoDriver, messages: readonly string[]): DemoClaim {
    const found = driver.events.flatMap((event) => (event.type === 'error' ? [event.error.message] : []));
    return {
      text: `${messages.length} requests were refused as catalogued`,
      holds: sameList(found, messages),
    };
  },

  /** So many responses spoke, each for at least half a second. */
  spoke(driver: DemoDriver, count: number): DemoClaim {
    const lengths = driver.answers.map((samples) => samples.length / OUTPUT_RATE_HZ);
    const shown = lengths.map((length) => `${length.toFixed(2)} s`).join(' and ');
    return {
      text: `${count === 1 ? 'the answer was' : `${count} answers were`} spoken: ${shown}`,
      holds: lengths.length === count && lengths.every((length) => length >= 0.5),
    };
  },
} as const;

function sameList(found: readonly string[], wanted: readonly string[]): boolean {
  return found.length === wanted.length && found.every((text, index) => text === wanted[index]);
}
