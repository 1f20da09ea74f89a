/**
 * The reference client in the hand of a test that talks to a mock server: what came, and waiting for it.
 */
import { type ConversationOptions, OmniRealtimeConversation } from '../../src/client/index.js';
import { concatPcm16 } from '../../src/media/index.js';
import type { MockServer } from '../../src/mock-server/index.js';
import type { ServerEvent } from '../../src/protocol/index.js';
import { Happenings } from './happenings.js';

/** Samples of one 100 ms packet at 16 kHz. */
const PACKET_SAMPLES = 1_600;

export class Talk {
  readonly conversation: OmniRealtimeConversation;
  /** The type of every event, then `close <code> <reason>`. */
  readonly saw = new Happenings();
  readonly events: ServerEvent[] = [];
  readonly #voice: Int16Array[] = [];

  constructor(url: string, options: Partial<ConversationOptions> = {}) {
    const model = 'qwen3.8-omni-flash-realtime';
    this.conversation = new OmniRealtimeConversation({ model, apiKey: 'sk-test', url, ...options });
    this.conversation.on('event', (event) => {
      this.events.push(event);
      this.saw.add(event.type);
    });
    this.conversation.on('audio', ({ samples }) => void this.#voice.push(samples));
    this.conversation.on('close', (code, reason) => this.saw.add(`close ${code} ${reason}`));
  }

  /** All samples of all answers, joined. */
  get voice(): Int16Array {
    return concatPcm16(this.#voice);
  }

  /** Connects to `server` without a socket, or over one. */
  static async open(
    server: MockServer,
    over: 'memory' | 'socket',
    options: Partial<ConversationOptions> & { readonly url?: string } = {},
  ): Promise<Talk> {
    const transport = over === 'memory' ? { transport: server.memoryTransport } : {};
    const talk = new Talk(server.url, { ...transport, ...options });
    await talk.conversation.connect();
    return talk;
  }

  send(...events: Readonly<Record<string, unknown>>[]): void {
    for (const event of events) this.conversation.sendRaw(event);
  }

  /** Appends samples in packets of 100 ms. */
  speak(samples: Int16Array): void {
    for (let from = 0; from < samples.length; from += PACKET_SAMPLES) {
      this.conversation.appendAudio(samples.subarray(from, from + PACKET_SAMPLES));
    }
  }
}
