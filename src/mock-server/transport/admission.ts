/**
 * Judging one upgrade request the same way on every transport: first the room that is left, then the acceptor.
 * Must never throw, whatever the acceptor does.
 */
import { standInHeader } from '../stand-in-header.js';
import type { Acceptor, UpgradeRequest, UpgradeVerdict } from './connection.js';

type Refused = Extract<UpgradeVerdict, { status: number }>;

export interface AdmissionState {
  readonly accept: Acceptor;
  readonly connectionCount: number;
  readonly maxConnections: number;
  readonly closing: boolean;
  readonly onAcceptorError: (error: unknown) => void;
}

/** The verdict on `request`: 503 when the listener is full or closing, 500 when the acceptor throws. */
export function admit(request: UpgradeRequest, state: AdmissionState): UpgradeVerdict {
  if (state.closing) return unavailable('The server is shutting down.');
  if (state.connectionCount >= state.maxConnections) {
    return unavailable(`The server already holds ${state.maxConnections} connections, its limit.`);
  }
  try {
    return state.accept(request);
  } catch (error) {
    state.onAcceptorError(error);
    return {
      accept: false,
      status: 500,
      headers: standInHeader(),
      body: errorBody('InternalError', 'Internal server error.'),
    };
  }
}

function unavailable(message: string): Refused {
  const body = errorBody('ServiceUnavailable', message);
  return { accept: false, status: 503, headers: { 'retry-after': '1', ...standInHeader() }, body };
}

function errorBody(code: string, message: string): string {
  return JSON.stringify({ code, message });
}
