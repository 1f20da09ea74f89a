/**
 * Rules about what the client streams: audio that can be read, pictures that come with audio and not too often.
 */
import type { WireMessage, WireSession } from '../wire-session.js';
import { appendBytes, DEFAULT_INPUT, formatAfter } from './input-format.js';
import { type Breach, judgeEach, type RuleFinding, sentOf } from './rule.js';

const APPEND = 'input_audio_buffer.append';
const IMAGE = 'input_image_buffer.append';

/**
 * Every append by itself holds whole samples: two bytes, times the channels that the session says. Needs bare PCM; of a
 * WAV stream, and of audio that is no base64, nothing is said.
 */
export function audioAligned({ messages }: WireSession): RuleFinding {
  const breaches: Breach[] = [];
  let examined = 0;
  let format = DEFAULT_INPUT;
  for (const message of messages) {
    format = formatAfter(message, format);
    if (!isFromClient(message, APPEND) || !format.isBare) continue;
    const sizeBytes = appendBytes(message);
    if (sizeBytes === undefined) continue;
    examined += 1;
    if (sizeBytes % format.frameBytes === 0) continue;
    breaches.push({ atMs: message.atMs, what: `${sizeBytes} bytes in samples of ${format.frameBytes}` });
  }
  return { examined, breaches };
}

/** Every append has an `audio` that is base64 exactly as an encoder writes it, of at least one byte. */
export function audioBase64(session: WireSession): RuleFinding {
  return judgeEach(sentOf(session, APPEND), (message) => {
    const sizeBytes = appendBytes(message);
    if (sizeBytes === undefined) return 'no strict base64';
    return sizeBytes === 0 ? 'empty' : undefined;
  });
}

/**
 * Before every image the client has appended audio to the same turn. A turn ends with the client's own commit or clear,
 * whatever the service makes of it, and with a commit of voice activity: an `input_audio_buffer.committed` that answers
 * no commit of the client. Of the latter the client may not have known yet, so its very next message is forgiven.
 */
export function imageAfterAudio({ messages }: WireSession): RuleFinding {
  const breaches: Breach[] = [];
  let examined = 0;
  let hasAudio = false;
  let unansweredCommits = 0;
  let mayCross = false;
  for (const message of messages) {
    if (message.from === 'server') {
      if (message.type !== 'input_audio_buffer.committed') continue;
      if (unansweredCommits > 0) unansweredCommits -= 1;
      else {
        mayCross = hasAudio;
        hasAudio = false;
      }
      continue;
    }
    const { type, atMs } = message;
    if (type === IMAGE) {
      examined += 1;
      if (!hasAudio && !mayCross) breaches.push({ atMs, what: 'no audio before it' });
    } else if (type === APPEND) hasAudio ||= (appendBytes(message) ?? 0) > 0;
    else if (type === 'input_audio_buffer.commit' || type === 'input_audio_buffer.clear') {
      hasAudio = false;
      if (type === 'input_audio_buffer.commit') unansweredCommits += 1;
    }
    mayCross = false;
  }
  return { examined, breaches };
}

/** A second in units that every sample rate of the service divides. */
const UNITS_PER_SECOND = 48_000;

/**
 * Between two images lies at least a second of appended audio, at the sample rate and the channels that the session
 * says, else at 16 kHz and one. The first image may come at any time; turns make no difference. Audio that is no base64
 * counts for nothing, and the bytes of a WAV stream count as samples.
 */
export function imageRate({ messages }: WireSession): RuleFinding {
  const breaches: Breach[] = [];
  let examined = 0;
  let format = DEFAULT_INPUT;
  let units = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    format = formatAfter(message, format);
    if (isFromClient(message, APPEND)) {
      const samples = (appendBytes(message) ?? 0) / format.frameBytes;
      units += (samples * UNITS_PER_SECOND) / format.sampleRateHz;
    } else if (isFromClient(message, IMAGE)) {
      examined += 1;
      if (units < UNITS_PER_SECOND) {
        const sinceMs = Math.floor((units * 1000) / UNITS_PER_SECOND);
        breaches.push({ atMs: message.atMs, what: `${sinceMs} ms of audio since the one before` });
      }
      units = 0;
    }
  }
  return { examined, breaches };
}

function isFromClient({ from, type }: WireMessage, wanted: string): boolean {
  return from === 'client' && type === wanted;
}
