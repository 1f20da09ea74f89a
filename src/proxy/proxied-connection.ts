/**
 * One connection through the proxy: asks the server the client meant, hands its answer over, and passes bytes both ways
 * while a recorder looks on. Must never let the recorder touch the traffic.
 */
import type { Agent, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { answerHeaders, answerOnSocket, type HttpAnswer } from '../mock-server/transport/http-answer.js';
import { realWallClock } from '../mock-server/wall-clock.js';
import { LIMITS } from '../protocol/limits.js';
import type { Provenance, RecordedHeaders } from '../recordings/index.js';
import { OWN_REFUSALS } from './answers.js';
import { EarlyBytes } from './early-bytes.js';
import { type RelayEnd, relay } from './relay.js';
import { upstreamTarget } from './request-target.js';
import type { SessionRecorder } from './session-recorder.js';
import { askUpstream, pairsOf, type UpstreamAnswer, type UpstreamAttempt } from './upstream-request.js';

/** Where a connection goes. */
export interface Route {
  readonly upstream: URL;
  readonly ca?: string | undefined;
  readonly agent?: Agent | undefined;
  readonly timeoutMs?: number | undefined;
  /** Undefined when nothing is recorded. */
  readonly recorder?: SessionRecorder | undefined;
  /** Told when the connection is over. */
  readonly onOver?: (() => void) | undefined;
  readonly provenanceOf: (answer: Answered) => Provenance;
}

type Answered = UpstreamAnswer | { readonly kind: 'unreachable' };

export interface ProxiedConnectionOptions {
  readonly request: IncomingMessage;
  readonly client: RelayEnd;
  readonly head: Buffer;
  /** Path and query, without a recording's name. */
  readonly target: string;
  readonly onOver: () => void;
}

/** Headers that say how a body was cut up, and how long the connection lasts: no longer true of what is passed on. */
const HOP_HEADERS = /^(?:transfer-encoding|content-length|connection|keep-alive)$/i;
const EXTENSIONS_HEADER = 'sec-websocket-extensions';

export class ProxiedConnection {
  readonly #options: ProxiedConnectionOptions;
  readonly #client: Socket;
  readonly #early: EarlyBytes;
  #attempt: UpstreamAttempt | undefined;
  #server: RelayEnd | undefined;
  #route: Route | undefined;
  #isOver = false;

  constructor(options: ProxiedConnectionOptions) {
    this.#options = options;
    this.#client = options.client.socket;
    this.#client.on('error', () => {});
    this.#client.setNoDelay(true);
    this.#early = new EarlyBytes(this.#client, options.head, () => {
      if (this.#server === undefined && !this.#isOver) this.abort();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Passes the connection on. */
  async run(route: Route): Promise<void> {
    this.#route = route;
    if (this.#isOver) {
      this.#finish();
      return;
    }
    const { request, target } = this.#options;
    const { upstream, ca, agent, timeoutMs, recorder } = route;
    const ask = { method: request.method ?? 'GET', target: upstreamTarget(target, upstream) };
    const headers = forwardedHeaders(pairsOf(request.rawHeaders), upstream);
    recorder?.upgrade({ ...ask, headers });
    this.#attempt = askUpstream({ upstream, ca, agent, timeoutMs, headers, ...ask });
    const answer = await this.#attempt.answer;
    if (this.#isOver) {
      this.#attempt.abort();
      if (answer.kind === 'upgraded') answer.end.socket.destroy();
      return;
    }
    if (answer.kind === 'upgraded') this.#upgrade(answer, route);
    else this.#passRefusal(answer, route);
  }

  /** Answers in the place of a server, and is done. */
  refuse(answer: HttpAnswer): void {
    if (this.#isOver) return;
    this.#early.release();
    const options = { clock: realWallClock, closeTimeoutMs: LIMITS.closeTimeoutMs };
    answerOnSocket(this.#client, answer, options);
    this.#finish();
  }

  /** Ends it, from our side. */
  abort(): void {
    this.#finish();
    this.#attempt?.abort();
    this.#client.destroy();
    this.#server?.socket.destroy();
  }

  #upgrade(answer: Extract<UpstreamAnswer, { kind: 'upgraded' }>, route: Route): void {
    const { status, reason, headers, end, head } = answer;
    this.#server = end;
    this.#early.release();
    this.#client.write(headText(status, reason, headers), 'latin1');
    const { recorder } = route;
    recorder?.answer({ status, reason, headers }, route.provenanceOf(answer));
    if (head.length > 0) end.socket.unshift(head);
    relay(
      { client: this.#options.client, server: end },
      {
        onBytes: (side, bytes) => recorder?.bytes(side, bytes),
        onEnd: (side, how) => recorder?.end(side, how),
        onOver: () => this.#finish(),
      },
    );
  }

  #passRefusal(answer: Exclude<UpstreamAnswer, { kind: 'upgraded' }>, route: Route): void {
    const { headers, body, status, reason } =
      answer.kind === 'refused' ? passedOn(answer) : ownAnswer(answer, route.upstream);
    route.recorder?.answer({ status, reason, headers, body }, route.provenanceOf(answer));
    this.#early.release();
    this.#client.write(headText(status, reason, [...headers, ['Connection', 'close']]), 'latin1');
    this.#client.end(body);
    // Read and thrown away: closing over unread bytes would reset the connection before the answer was read.
    this.#client.resume();
    const timer = setTimeout(() => this.#client.destroy(), LIMITS.closeTimeoutMs);
    this.#client.once('close', () => clearTimeout(timer));
    this.#finish();
  }

  #finish(): void {
    const wasOver = this.#isOver;
    this.#isOver = true;
    if (this.#route !== undefined) {
      const { recorder, onOver } = this.#route;
      this.#route = undefined;
      recorder?.finish();
      onOver?.();
    }
    if (!wasOver) this.#options.onOver();
  }
}

/** What the client sent, but to another host and without compression, which would hide what is said. */
function forwardedHeaders(headers: RecordedHeaders, upstream: URL): RecordedHeaders {
  return headers
    .filter(([name]) => name.toLowerCase() !== EXTENSIONS_HEADER)
    .map(([name, value]) => (name.toLowerCase() === 'host' ? [name, upstream.host] : [name, value]));
}

interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly headers: RecordedHeaders;
  readonly body: Uint8Array;
}

function passedOn({ status, reason, headers, body }: Refusal): Refusal {
  const kept = headers.filter(([name]) => !HOP_HEADERS.test(name));
  return { status, reason, headers: [...kept, ['Content-Length', String(body.length)]], body };
}

function ownAnswer(
  { status, why }: { readonly status: number; readonly why: string },
  upstream: URL,
): Refusal {
  const answer = OWN_REFUSALS.unreachable(status, upstream.host, why);
  const body = Buffer.from(answer.body, 'utf8');
  const reason = status === 504 ? 'Gateway Timeout' : 'Bad Gateway';
  return { status, reason, headers: Object.entries(answerHeaders(answer)), body };
}

function headText(status: number, reason: string, headers: RecordedHeaders): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`;
}
