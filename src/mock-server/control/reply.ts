/**
 * Answers of the control API as data, and writing one. A stream waits for its reader, and lets go of one who does not
 * read. Must never hold more of a stream in memory than one write.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from '../../protocol/index.js';
import type { WallClock } from '../wall-clock.js';

/** Where a stream writes. */
export interface TextSink {
  /** False when nobody reads any more: the writer stops. */
  write(text: string): Promise<boolean>;
  /** Ends the connection at once, for a reader who fell behind. */
  cutOff(): void;
  /** Aborted when the reader has left or was cut off. */
  readonly signal: AbortSignal;
}

type Headers = Readonly<Record<string, string>>;

/** An answer that is written at once. */
export type WholeReply<Value = unknown> =
  | { readonly status: number; readonly json: Value; readonly headers?: Headers }
  | { readonly status: number; readonly text: string; readonly headers?: Headers }
  | { readonly status: 204 };

/** An answer. */
export type Reply<Value = unknown> =
  | WholeReply<Value>
  | { readonly status: number; readonly type: string; stream(sink: TextSink): Promise<void> };

const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** Writes an answer to its end. */
export async function writeReply(
  response: ServerResponse,
  reply: Reply,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: WallClock },
): Promise<void> {
  if ('stream' in reply) {
    response.writeHead(reply.status, { ...COMMON_HEADERS, 'content-type': reply.type });
    response.flushHeaders();
    await reply.stream(new ResponseSink(response, signal, clock));
    response.end();
    return;
  }
  response.end(writeHead(response, reply));
}

/**
 * Refuses a request. To close over a body that has not been read would reset the connection before the peer has read
 * the answer: so it is thrown away for a while.
 */
export function writeRefusal(request: IncomingMessage, response: ServerResponse, reply: WholeReply): void {
  if (request.complete) {
    response.end(writeHead(response, reply));
    return;
  }
  response.shouldKeepAlive = false;
  response.write(writeHead(response, reply));
  let discardedBytes = 0;
  const end = () => void response.end();
  request.on('data', (chunk: Buffer) => {
    discardedBytes += chunk.length;
    if (discardedBytes > LIMITS.controlDiscardedBytes) request.destroy();
  });
  request.once('end', end).once('close', end).resume();
}

/** Writes status and headers; returns the body. */
function writeHead(response: ServerResponse, reply: WholeReply): string {
  if (!('json' in reply || 'text' in reply)) {
    response.writeHead(reply.status, COMMON_HEADERS);
    return '';
  }
  const isJson = 'json' in reply;
  const text = isJson ? `${JSON.stringify(reply.json)}\n` : reply.text;
  response.writeHead(reply.status, {
    ...COMMON_HEADERS,
    'content-type': isJson ? 'application/json' : 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    ...reply.headers,
  });
  return text;
}

class ResponseSink implements TextSink {
  readonly signal: AbortSignal;
  readonly #response: ServerResponse;
  readonly #clock: WallClock;

  constructor(response: ServerResponse, signal: AbortSignal, clock: WallClock) {
    this.#response = response;
    this.signal = signal;
    this.#clock = clock;
  }

  cutOff(): void {
    this.#response.destroy();
  }

  write(text: string): Promise<boolean> {
    if (this.signal.aborted) return Promise.resolve(false);
    if (this.#response.write(text)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = () => {
        cancel();
        this.#response.off('drain', settle);
        this.signal.removeEventListener('abort', settle);
        resolve(!this.signal.aborted);
      };
      const cancel = this.#clock.setTimer(LIMITS.controlStallMs, () => this.cutOff());
      this.#response.once('drain', settle);
      this.signal.addEventListener('abort', settle);
    });
  }
}
