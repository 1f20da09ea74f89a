/**
 * What the fixtures say, show and declare. Nothing here comes from a service or a person: the speech is the project's own
 * synthesiser, the pictures are drawn (test/fixtures/images).
 */
import { readFileSync } from 'node:fs';
import { encodeBase64 } from '../../src/media/index.js';
import type { DriveStep } from '../../src/scenarios/index.js';

type Json = Readonly<Record<string, unknown>>;

/** Every server of the fixtures knows it. */
export const GOOD_KEY = 'sk-fixture-good';
export const UNKNOWN_KEY = 'sk-fixture-unknown';
export const DENIED_KEY = 'sk-fixture-denied';
export const ARREARS_KEY = 'sk-fixture-arrears';

const IMAGES = new URL('../../test/fixtures/images/', import.meta.url);

/** A picture of the fixtures, as base64. */
export function picture(file: string): string {
  return encodeBase64(readFileSync(new URL(file, IMAGES)));
}

/** A JPEG with zeros behind its end, so that it is as large as `sizeBytes` and still small in git. */
export function paddedPicture(file: string, sizeBytes: number): string {
  const bytes = new Uint8Array(sizeBytes);
  bytes.set(readFileSync(new URL(file, IMAGES)));
  return encodeBase64(bytes);
}

export const SMALL_PICTURE = picture('scene-grey-160x120.jpg');

/** The tool that the client offers. */
export const WEATHER_TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const;

/** Configures the session and waits for the answer. */
export function update(session: Json): DriveStep[] {
  return [{ send: { type: 'session.update', session } }, { listen: 'session.updated' }];
}

export function send(type: string, fields: Json = {}): DriveStep {
  return { send: { type, ...fields } };
}

/** Speech of which the client itself says where it ends. */
export function say(ms: number): DriveStep {
  return { speak: { ms, silenceMs: 0 } };
}

/** Silence; the single sample of a millisecond before it is no speech. */
export function silence(ms: number): DriveStep {
  return { speak: { ms: 1, silenceMs: ms - 1 } };
}

export function image(base64: string): DriveStep {
  return send('input_image_buffer.append', { image: base64 });
}

/** Ends the turn and asks for an answer. */
export const COMMIT_AND_ASK: readonly DriveStep[] = [
  send('input_audio_buffer.commit'),
  { listen: 'input_audio_buffer.committed' },
  send('response.create'),
];

export function callOutput(callId: string, output: string): DriveStep {
  return send('conversation.item.create', {
    item: { type: 'function_call_output', call_id: callId, output },
  });
}
