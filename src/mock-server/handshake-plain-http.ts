/**
 * Answers to plain HTTP requests, which most often come from a person with a browser or curl.
 * Must never answer for the control API: whoever serves it looks at its own paths first.
 */
import { refuseHandshake } from './handshake-refusals.js';
import { REALTIME_PATH, readTarget } from './handshake-target.js';
import type { HttpAnswer } from './transport/http-answer.js';

/**
 * The answer to a request that asked for no WebSocket: a hint at the root, 426 at the endpoint, 404 elsewhere.
 *
 * @param baseUrl the listener's URL, `ws://host:port`
 */
export function answerPlainRequest(target: string, baseUrl: string, requestId: string): HttpAnswer {
  const { endpoint, path } = readTarget(target);
  if (endpoint === 'realtime') return refuseHandshake({ why: 'upgrade-required' }, requestId);
  if (endpoint === 'other') return refuseHandshake({ why: 'wrong-path', path }, requestId);
  const message = `soundstage is running. Connect a WebSocket client to ${baseUrl}${REALTIME_PATH}?model=<model>.`;
  return {
    status: 200,
    headers: { 'x-request-id': requestId },
    body: JSON.stringify({ service: 'soundstage', message, url: `${baseUrl}${REALTIME_PATH}` }),
  };
}
