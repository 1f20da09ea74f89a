/**
 * A client with no opinion of its own, for what the reference client does not send: no key, binary messages.
 */
import type { PlainClient } from './fixture.js';
import type { Lockstep } from './lockstep.js';
import { openPlainSocket } from './plain-socket.js';

/** Connects, sends its messages one at a time and closes. Gives what went wrong, in words. */
export async function playPlainly(
  { headers, binary = [] }: PlainClient,
  url: string,
  step: Lockstep,
): Promise<readonly string[]> {
  const problems: string[] = [];
  await new Promise<void>((resolve) => {
    const socket = openPlainSocket(
      { url, headers: { ...headers }, protocols: [] },
      {
        onOpen: () => {},
        onText: () => step.heard(),
        onBinary: () => step.heard(),
        onRefused: (status, body) => step.refused(status, body),
        onError: (error) => problems.push(error.message),
        onClose: () => {
          step.over();
          resolve();
        },
      },
    );
    for (const bytes of binary) step.say(() => socket.sendBinary(bytes));
    step.whenSettled(() => socket.close(1000));
  });
  return problems;
}
