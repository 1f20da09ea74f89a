/** How a command that runs until it is told to stop learns that it is. */
import { EXIT_CODES } from './exit-codes.js';

/** Resolves with the exit code of the first signal. A second Ctrl-C ends the process in Node's own way. */
export function nextSignal(): Promise<number> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve(EXIT_CODES.clean));
    process.once('SIGINT', () => resolve(EXIT_CODES.interrupted));
  });
}
