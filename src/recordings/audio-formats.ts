/**
 * Which form the audio of each side has, as far as the traffic says: the model in the URL, then the session object of
 * each `session.created` and `session.updated` (protocol reference, section 3.1). Must never judge the session.
 */
import { findModel } from '../protocol/index.js';
import { isJsonObject, type JsonObject, parseJsonObject, valueAt } from '../protocol/json-object.js';
import type { Side } from './entries.js';

export interface AudioFormat {
  /** Whether the samples are PCM16, little-endian. */
  readonly isPcm: boolean;
  readonly rateHz: number;
}

/** Samples per second where nobody has said anything else. */
export const DEFAULT_RATES_HZ: Readonly<Record<Side, number>> = { client: 16_000, server: 24_000 };

const DEFAULT_FORMATS: Readonly<Record<Side, AudioFormat>> = {
  client: { isPcm: true, rateHz: DEFAULT_RATES_HZ.client },
  server: { isPcm: true, rateHz: DEFAULT_RATES_HZ.server },
};

const PATHS = {
  client: { flat: ['input_audio_format'], nested: ['audio', 'input', 'format'] },
  server: { flat: ['output_audio_format'], nested: ['audio', 'output', 'format'] },
} as const;

const SESSION_EVENT = /"session\.(?:created|updated)"/;

/** The formats of one session, brought up to date by what the server says. */
export class AudioFormats {
  #formats: Readonly<Record<Side, AudioFormat>>;

  /** @param model of the URL; null when it named none */
  constructor(model: string | null) {
    const found = findModel(model ?? '');
    const defaults = found.kind === 'omni' ? found.family.defaults : undefined;
    this.#formats =
      defaults === undefined
        ? DEFAULT_FORMATS
        : {
            client: { isPcm: true, rateHz: defaults.inputSampleRateHz },
            server: { isPcm: true, rateHz: defaults.outputSampleRateHz },
          };
  }

  of(side: Side): AudioFormat {
    return this.#formats[side];
  }

  /** Takes in a message of the server. */
  serverText(text: string): void {
    // Cheap for the thousands of messages that are no session object.
    if (!SESSION_EVENT.test(text)) return;
    const session = sessionOf(text);
    if (session === undefined) return;
    this.#formats = { client: this.#read('client', session), server: this.#read('server', session) };
  }

  #read(side: Side, session: JsonObject): AudioFormat {
    const { flat, nested } = PATHS[side];
    const names = [valueAt(session, flat), valueAt(session, [...nested, 'type'])];
    const named = names.filter((name) => typeof name === 'string');
    const rateHz = valueAt(session, [...nested, 'sample_rate']);
    const before = this.#formats[side];
    return {
      isPcm: named.length === 0 ? before.isPcm : named.every((name) => name.startsWith('pcm')),
      rateHz:
        typeof rateHz === 'number' && Number.isSafeInteger(rateHz) && rateHz > 0 ? rateHz : before.rateHz,
    };
  }
}

function sessionOf(text: string): JsonObject | undefined {
  const event = parseJsonObject(text);
  if (event?.['type'] !== 'session.created' && event?.['type'] !== 'session.updated') return undefined;
  return isJsonObject(event['session']) ? event['session'] : undefined;
}
