/**
 * What one connection of the player has heard from the server: events, ids, open tool calls, the end. Must never send.
 */
import type { OmniRealtimeConversation } from '../client/index.js';

/** One server event as a client sees it. */
export type HeardEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** How a connection ended, as the client saw it. */
export interface HeardClose {
  readonly code: number;
  readonly reason: string;
}

/** Objects whose id is known under the object's name. */
const OWNERS = ['session', 'item', 'response'] as const;

export class Heard {
  readonly events: HeardEvent[] = [];
  /** What the client reported as wrong. */
  readonly problems: string[] = [];
  close: HeardClose | undefined;
  /** Calls that have no output yet, by id. */
  readonly openCalls = new Set<string>();
  readonly #ids = new Map<string, string>();
  readonly #consumed = new Map<string, number>();
  readonly #waiters = new Set<() => void>();
  /** The response that was announced last and is not done: services that interrupt do not always say so. */
  #openResponse: string | undefined;

  constructor(conversation: OmniRealtimeConversation) {
    conversation.on('event', (event) => this.#take(event as unknown as HeardEvent));
    conversation.on('error', (error) => {
      if (error.code !== 'E_SERVER_ERROR') this.problems.push(`${error.code}: ${error.message}`);
    });
    conversation.on('close', (code, reason) => {
      this.close = { code, reason };
      this.#wake();
    });
  }

  /** Events of one type so far; `anything` stands for all. */
  count(type: string): number {
    return type === 'anything'
      ? this.events.length
      : this.events.filter((event) => event.type === type).length;
  }

  /** Which event of a type comes next that nobody has listened for. */
  nextUnheard(type: string): number {
    return (this.#consumed.get(type) ?? 0) + 1;
  }

  markHeard(type: string, nth: number): void {
    this.#consumed.set(type, Math.max(nth, this.#consumed.get(type) ?? 0));
  }

  /** The last id that came under a key, such as `item_id`. */
  lastId(key: string): string | undefined {
    return this.#ids.get(key);
  }

  get isResponding(): boolean {
    return this.#openResponse !== undefined;
  }

  /** Calls back after every event and at the end; the returned function ends that. */
  onChange(callback: () => void): () => void {
    this.#waiters.add(callback);
    return () => this.#waiters.delete(callback);
  }

  #take(event: HeardEvent): void {
    this.events.push(event);
    for (const [key, value] of Object.entries(event)) {
      if (key.endsWith('_id') && typeof value === 'string') this.#ids.set(key, value);
    }
    for (const owner of OWNERS) {
      const object = (event[owner] ?? {}) as { readonly id?: unknown; readonly call_id?: unknown };
      if (typeof object.id === 'string') this.#ids.set(`${owner}_id`, object.id);
      if (typeof object.call_id === 'string') this.#ids.set('call_id', object.call_id);
    }
    const call = event['call_id'];
    if (event.type === 'response.function_call_arguments.done' && typeof call === 'string')
      this.openCalls.add(call);
    const { id } = (event['response'] ?? {}) as { readonly id?: unknown };
    if (event.type === 'response.created' && typeof id === 'string') this.#openResponse = id;
    if (event.type === 'response.done' && id === this.#openResponse) this.#openResponse = undefined;
    this.#wake();
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}
