/**
 * Drives a pure session from a test: sends client events, returns what the server answers as parsed events.
 */
import {
  createSession,
  type SessionInput,
  type SessionOptions,
  type SessionState,
  step,
} from '../../src/mock-server/session/index.js';

/** A server event as a test reads it. */
export type SeenEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** A close the session asked for. */
export interface SeenClose {
  readonly code: number | undefined;
  readonly reason: string;
}

export class SessionDriver {
  readonly state: SessionState;
  /** Everything the server has sent. */
  readonly events: SeenEvent[] = [];
  /** Remarks in the log. */
  readonly notes: string[] = [];
  close: SeenClose | undefined;

  constructor(options: Partial<SessionOptions> = {}) {
    this.state = createSession({
      model: 'qwen3.5-omni-flash-realtime',
      seed: 1,
      connectionKey: 'test#1',
      clock: 'auto',
      scenario: {},
      ...options,
    });
    this.feed({ kind: 'open' });
  }

  /** Feeds one input; returns the events it caused. */
  feed(input: SessionInput): SeenEvent[] {
    const caused: SeenEvent[] = [];
    for (const operation of step(this.state, input)) {
      if (operation.op === 'send' && operation.text !== undefined) caused.push(JSON.parse(operation.text));
      else if (operation.op === 'close') this.close = { code: operation.code, reason: operation.reason };
      else if (operation.op === 'note') this.notes.push(operation.code);
    }
    this.events.push(...caused);
    return caused;
  }

  /** Sends one client event. */
  send(event: Readonly<Record<string, unknown>>): SeenEvent[] {
    return this.feed({ kind: 'text', text: JSON.stringify(event) });
  }

  /** Appends PCM16 samples in packets. */
  appendAudio(samples: Int16Array, packetSamples = 1600): SeenEvent[] {
    const caused: SeenEvent[] = [];
    for (let from = 0; from < samples.length; from += packetSamples) {
      const packet = samples.slice(from, from + packetSamples);
      const audio = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength).toString('base64');
      caused.push(...this.send({ type: 'input_audio_buffer.append', audio }));
    }
    return caused;
  }

  /** Lets virtual time pass. */
  advance(byMs: number): SeenEvent[] {
    return this.feed({ kind: 'advance', byMs });
  }
}

/** The types of events, in order. */
export function typesOf(events: readonly SeenEvent[]): string[] {
  return events.map((event) => event.type);
}

/** The paths of all keys of a value, sorted: `session.turn_detection.type` and so on. Array elements share `[]`. */
export function keyPaths(value: unknown, prefix = ''): string[] {
  const paths = new Set<string>();
  collectPaths(value, prefix, paths);
  return [...paths].sort();
}

function collectPaths(value: unknown, prefix: string, paths: Set<string>): void {
  if (Array.isArray(value)) {
    for (const element of value) collectPaths(element, `${prefix}[]`, paths);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    paths.add(path);
    collectPaths(inner, path, paths);
  }
}
