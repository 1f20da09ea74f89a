/**
 * Plain HTTP answers as data, and writing one on a socket that asked for an upgrade it does not get.
 * Must never leave a refused socket open for longer than the time it is given.
 */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WallClock } from '../wall-clock.js';

/** An HTTP response with a JSON body. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** JSON text. */
  readonly body: string;
}

/** The headers of `answer`, completed; a name or value that would break out of its line is left out. */
export function answerHeaders(answer: HttpAnswer): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(answer.body, 'utf8')),
  };
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (isHeaderLine(name, value)) headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** Whether a header can be written as one line of HTTP. */
export function isHeaderLine(name: string, value: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value);
}

/**
 * Answers on a raw socket and closes it. Input that still arrives is read and dropped, since closing over
 * unread bytes would reset the connection before the peer has read the answer.
 */
export function answerOnSocket(
  socket: Duplex,
  answer: HttpAnswer,
  options: { readonly clock: WallClock; readonly closeTimeoutMs: number },
): void {
  socket.on('error', () => socket.destroy());
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const lines = Object.entries({ ...answerHeaders(answer), connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const statusText = STATUS_CODES[answer.status] ?? 'Unknown';
  socket.end(`HTTP/1.1 ${answer.status} ${statusText}\r\n${lines.join('')}\r\n${answer.body}`);
  const cancelTimer = options.clock.setTimer(options.closeTimeoutMs, () => socket.destroy());
  socket.once('close', cancelTimer);
  socket.resume();
}

/** Writes `answer` as the response to a plain HTTP request. */
export function writeHttpAnswer(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.status, answerHeaders(answer)).end(answer.body);
}
