/**
 * What the three sample programs share: arguments, a WAV file in place of a microphone, a WAV file in place of a
 * loudspeaker. Only what a user could write with `soundstage/client` and Node.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { OmniRealtimeConversation } from '../src/client/index.js';

const INPUT_RATE_HZ = 16_000;
const OUTPUT_RATE_HZ = 24_000;
const WAV_HEADER_BYTES = 44;
/** 100 ms, the recommended packet. */
const PACKET_SAMPLES = INPUT_RATE_HZ / 10;
const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The arguments of the sample programs. */
export function readArguments() {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'ws://127.0.0.1:8787/api-ws/v1/realtime' },
      model: { type: 'string', default: 'qwen3-omni-flash-realtime' },
      'api-key': { type: 'string', default: process.env['DASHSCOPE_API_KEY'] ?? 'sk-example' },
      wav: { type: 'string', default: fromRoot('assets/speech/question.wav') },
      image: { type: 'string', default: fromRoot('test/fixtures/images/scene-640x480.jpg') },
      out: { type: 'string', default: 'answer.wav' },
      /** 1 sends audio as fast as it is spoken, 10 ten times as fast. */
      speed: { type: 'string', default: '1' },
      /** Speak again while the answer is being spoken. */
      interrupt: { type: 'boolean', default: false },
    },
  });
  return { ...values, apiKey: values['api-key'], speed: Number(values.speed) };
}

/** Reads PCM16 mono 16 kHz from a WAV file. */
export function readSpeech(path: string): Int16Array {
  const bytes = readFileSync(path);
  const isPlain =
    bytes.readUInt16LE(20) === 1 && bytes.readUInt16LE(22) === 1 && bytes.readUInt16LE(34) === 16;
  if (!isPlain || bytes.readUInt32LE(24) !== INPUT_RATE_HZ) {
    throw new Error(`${path} is not PCM16 mono 16 kHz. Try: sox ${path} -r 16000 -c 1 -b 16 speech.wav`);
  }
  const dataAt = bytes.indexOf('data') + 8;
  const samples = new Int16Array((bytes.length - dataAt) >> 1);
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = bytes.readInt16LE(dataAt + index * 2);
  return samples;
}

/** A microphone that hears a recording, and silence when it is over. */
export class Microphone {
  readonly #packetMs: number;
  #speech: Int16Array = new Int16Array(0);
  #position = 0;
  #isOn = true;

  /** @param speed how many times as fast as real time */
  constructor(speed: number) {
    this.#packetMs = 100 / speed;
  }

  /** Speaks a recording from its beginning. */
  speak(speech: Int16Array): void {
    this.#speech = speech;
    this.#position = 0;
  }

  off(): void {
    this.#isOn = false;
  }

  /** Sends a packet every 100 ms until switched off; `onPacket` gets the number of the packet. */
  async run(
    conversation: OmniRealtimeConversation,
    onPacket: (packet: number) => void = () => {},
  ): Promise<void> {
    for (let packet = 0; this.#isOn && conversation.phase === 'open'; packet += 1) {
      const samples = new Int16Array(PACKET_SAMPLES);
      samples.set(this.#speech.subarray(this.#position, this.#position + PACKET_SAMPLES));
      this.#position += PACKET_SAMPLES;
      conversation.appendAudio(samples);
      onPacket(packet);
      await sleep(this.#packetMs);
    }
  }
}

/** A loudspeaker that keeps what it plays. An interrupted answer falls silent, late pieces included. */
export class Loudspeaker {
  readonly #played: Int16Array[] = [];
  readonly #silenced = new Set<string>();

  play(responseId: string | undefined, samples: Int16Array): void {
    if (responseId === undefined || !this.#silenced.has(responseId)) this.#played.push(samples);
  }

  /** Stops one answer for good. */
  silence(responseId: string | null): void {
    if (responseId !== null) this.#silenced.add(responseId);
  }

  /** Writes what was played; returns its length in milliseconds. */
  save(path: string): number {
    const sampleCount = this.#played.reduce((sum, samples) => sum + samples.length, 0);
    const bytes = Buffer.alloc(WAV_HEADER_BYTES + sampleCount * 2);
    bytes.write('RIFF', 0);
    bytes.writeUInt32LE(bytes.length - 8, 4);
    bytes.write('WAVEfmt ', 8);
    bytes.writeUInt32LE(16, 16);
    bytes.writeUInt16LE(1, 20);
    bytes.writeUInt16LE(1, 22);
    bytes.writeUInt32LE(OUTPUT_RATE_HZ, 24);
    bytes.writeUInt32LE(OUTPUT_RATE_HZ * 2, 28);
    bytes.writeUInt16LE(2, 32);
    bytes.writeUInt16LE(16, 34);
    bytes.write('data', 36);
    bytes.writeUInt32LE(sampleCount * 2, 40);
    let offsetBytes = WAV_HEADER_BYTES;
    for (const samples of this.#played) {
      for (const sample of samples) offsetBytes = bytes.writeInt16LE(sample, offsetBytes);
    }
    writeFileSync(path, bytes);
    return Math.round((sampleCount * 1000) / OUTPUT_RATE_HZ);
  }
}

/** Resolves with the next event of a type; rejects when the connection closes or the server answers an error. */
export function nextEvent(conversation: OmniRealtimeConversation, type: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stops = [
      conversation.on(type, () => settle(resolve)),
      conversation.on('error', (error) => settle(() => reject(error))),
      conversation.on('close', (code, reason) => settle(() => reject(new Error(`closed ${code} ${reason}`)))),
    ];
    const settle = (finish: () => void): void => {
      for (const stop of stops) stop();
      finish();
    };
  });
}

/** Prints what is said, live. */
export function printTalk(conversation: OmniRealtimeConversation): void {
  conversation.on('conversation.item.input_audio_transcription.completed', (event) => {
    console.log(`you:   ${event.transcript}`);
  });
  conversation.on('response.created', () => void process.stdout.write('model: '));
  conversation.on('text', ({ delta }) => void process.stdout.write(delta));
  conversation.on('response.done', (event) => console.log(` (${event.response.status})`));
}
