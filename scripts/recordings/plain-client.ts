/**
 * A client with no opinion of its own, for what the reference client does not send: no key, binary messages.
 */
import { WebSocket } from 'ws';
import type { PlainClient } from './fixture.js';
import type { Lockstep } from './lockstep.js';

/** Connects, sends its messages one at a time and closes. Gives what went wrong, in words. */
export async function playPlainly(
  { headers, binary = [] }: PlainClient,
  url: string,
  step: Lockstep,
): Promise<readonly string[]> {
  const socket = new WebSocket(url, { headers: { ...headers }, perMessageDeflate: false });
  const problems: string[] = [];
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => {
      step.over();
      resolve();
    });
  });
  socket.on('message', () => step.heard());
  socket.on('error', (error) => {
    if (step.refusal === undefined) problems.push(error.message);
  });
  socket.on('unexpected-response', (_request, response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    response.on('end', () => {
      step.refused(response.statusCode ?? 0, body);
      socket.terminate();
    });
  });
  for (const bytes of binary) step.say(() => socket.send(bytes));
  step.whenSettled(() => socket.close(1000));
  await ended;
  return problems;
}
