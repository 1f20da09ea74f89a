/**
 * The ways a connection fails, each with its code, what was seen and what to do next. Must never quote the API key
 * or a header's value.
 */
import { SoundstageError } from '../protocol/index.js';

/** What helps, by HTTP status of a refused upgrade (section 1.3). */
const HINTS: Readonly<Record<number, string>> = {
  301: 'the address it redirects to',
  307: 'the address it redirects to',
  400: 'another model name, or a URL without a query',
  401: 'another API key; keys are bound to their region',
  403: 'a key whose workspace may use this model',
  404: 'a URL that ends in /api-ws/v1/realtime',
  429: 'again later, with fewer connections',
  503: 'again later',
};
const QUOTED_BODY_CHARS = 500;

/** The server answered the upgrade with another status than 101: `E_CONNECT_REFUSED`. */
export function connectRefused(url: string, status: number, body: string): SoundstageError {
  const quoted = body.length > QUOTED_BODY_CHARS ? `${body.slice(0, QUOTED_BODY_CHARS)}…` : body;
  return new SoundstageError(
    'E_CONNECT_REFUSED',
    `Cannot connect to ${url}: the server answered HTTP ${status}${quoted === '' ? '' : ` with ${quoted}`}. Try ${HINTS[status] ?? 'the URL of a Qwen-Omni-Realtime service'}.`,
    { details: { url, status, body } },
  );
}

/** The socket could not be opened at all: `E_CONNECT_FAILED`. */
export function connectFailed(url: string, cause: unknown): SoundstageError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SoundstageError(
    'E_CONNECT_FAILED',
    `Cannot connect to ${url}: ${why === '' ? 'the connection failed' : why}. Try checking that the server runs, the address and its certificate.`,
    { cause, details: { url } },
  );
}

/** The connection went before `session.created` was read: `E_CONNECT_CLOSED`. */
export function connectClosed(url: string, code: number, reason: string): SoundstageError {
  return new SoundstageError(
    'E_CONNECT_CLOSED',
    `Cannot connect to ${url}: the connection was closed with ${closing(code, reason)} before session.created. Try the reason given, the model name and the account first.`,
    { details: { url, closeCode: code, closeReason: reason } },
  );
}

/** `close()` was called while `connect()` was still waiting: `E_CONNECT_CLOSED`. */
export function connectAbandoned(url: string): SoundstageError {
  return new SoundstageError(
    'E_CONNECT_CLOSED',
    `Stopped connecting to ${url}: close() was called. Try connect() again when wanted.`,
    {
      details: { url, closeCode: 1006, closeReason: '' },
    },
  );
}

/** No `session.created` in time: `E_CONNECT_TIMEOUT`. */
export function connectTimedOut(url: string, timeoutMs: number, isOpen: boolean): SoundstageError {
  const seen = isOpen
    ? 'the WebSocket stands but session.created did not come'
    : 'the upgrade was not answered';
  return new SoundstageError(
    'E_CONNECT_TIMEOUT',
    `Cannot connect to ${url}: ${seen} within ${timeoutMs} ms. Try a larger connectTimeoutMs, or another server.`,
    { details: { url, timeoutMs, isOpen } },
  );
}

/** The connection went without a CLOSE frame: `E_CONNECTION_LOST`. */
export function connectionLost(url: string, cause?: unknown): SoundstageError {
  const why =
    cause instanceof Error && cause.message !== '' ? cause.message : 'it ended without a CLOSE frame';
  return new SoundstageError(
    'E_CONNECTION_LOST',
    `Lost the connection to ${url}: ${why}. Try connect() again; the new session starts empty.`,
    { cause, details: { url } },
  );
}

/** Something was to be sent and no connection is open: `E_NOT_OPEN`. */
export function notOpen(phase: string, cause?: unknown): SoundstageError {
  return new SoundstageError(
    'E_NOT_OPEN',
    `Cannot send: the connection is ${phase}. Try after connect() has resolved and before close().`,
    { cause, details: { phase } },
  );
}

/** Something was awaited and the connection went: `E_CLOSED`. */
export function closedWhileWaiting(awaited: string, code: number, reason: string): SoundstageError {
  return new SoundstageError(
    'E_CLOSED',
    `${awaited} did not come: the connection was closed with ${closing(code, reason)}. Try connect() again if the session is still wanted.`,
    { details: { awaited, closeCode: code, closeReason: reason } },
  );
}

function closing(code: number, reason: string): string {
  return reason === '' ? `code ${code}` : `code ${code} "${reason}"`;
}
