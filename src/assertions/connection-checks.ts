/**
 * Expectations about connections: how often the client connected, and how a connection ended. Must never look at a
 * message.
 */
import type { Expectation } from '../scenarios/index.js';
import type { Attempt } from './attempts.js';
import type { Finding } from './expectation-check.js';
import type { WireSession } from './wire-session.js';
import { boundsText, isWithin, listed, often } from './words.js';

type Connects = Extract<Expectation, { connects: unknown }>;
type Ends = Extract<Expectation, { ends: unknown }>;

/** How often the client connected: every upgrade request counts, whatever came of it. */
export function connectsCheck({ connects }: Connects, attempts: readonly Attempt[]): Finding {
  const answers = listed(attempts.map(({ answer }) => answer));
  return {
    what: `the client connects ${boundsText(connects)}`,
    ok: isWithin(connects, attempts.length),
    saw: attempts.length === 0 ? 'never' : `${often(attempts.length)}: ${answers}`,
  };
}

/**
 * How every connection that was let in ended, or the one that is named. A connection that is still open has no code
 * yet: it cannot be the wrong one, nor the right one. When nothing is asked it must have ended.
 */
export function endsCheck({ ends, connection }: Ends, sessions: readonly WireSession[]): Finding {
  const concerned = sessions.filter(
    (session) => connection === undefined || session.connection === connection,
  );
  const which = connection === undefined ? 'every connection' : `connection ${connection}`;
  const what = `${which} ${endsText(ends)}`;
  if (concerned.length === 0) return { what, ok: false, saw: 'there was no such connection' };
  const wrong = concerned.filter((session) => !endsSo(ends, session));
  const shown = wrong.length === 0 ? concerned : wrong;
  return { what, ok: wrong.length === 0, saw: listed(shown.map(endOf), '; ') };
}

function endsSo({ by, code, notCode }: Ends['ends'], { close, isOpen }: WireSession): boolean {
  const hasEnded = close !== undefined || !isOpen;
  if (by === 'nobody' ? hasEnded : by !== undefined && close?.by !== by) return false;
  if (code !== undefined && close?.code !== code) return false;
  if (close?.code !== undefined && notCode?.includes(close.code)) return false;
  return hasEnded || by !== undefined || notCode !== undefined;
}

function endsText({ by, code, notCode }: Ends['ends']): string {
  const whose = {
    client: 'is closed by the client',
    server: 'is closed by the server',
    dropped: 'ends without a close frame',
    'protocol-error': 'ends by a violation of the WebSocket protocol',
    nobody: 'is still open',
  };
  const parts = [
    by === undefined ? undefined : whose[by],
    code === undefined ? undefined : `ends with code ${code}`,
    notCode === undefined ? undefined : `does not end with code ${notCode.join(', ')}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'ends' : parts.join(' and ');
}

function endOf({ connection, close, isOpen }: WireSession): string {
  const prefix = `connection ${connection}`;
  if (close === undefined)
    return `${prefix} ${isOpen ? 'is still open' : 'ended, and the log does not say how'}`;
  const code = close.code === undefined ? 'no code' : `code ${close.code}`;
  return `${prefix} ended at ${close.atMs} ms by ${close.by}, ${code}`;
}
