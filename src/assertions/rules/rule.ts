/**
 * What a rule about the client's messages is: a pure function of one connection. Types only, and the one reader that
 * several rules share.
 */
import type { WireMessage, WireSession } from '../wire-session.js';

/** One place where a rule was broken. */
export interface Breach {
  readonly atMs: number;
  /** What was wrong there, in a few words. */
  readonly what: string;
}

/** What a rule found on one connection. */
export interface RuleFinding {
  /** How many messages it looked at: none means that the rule had nothing to say. */
  readonly examined: number;
  readonly breaches: readonly Breach[];
}

/** One rule. */
export interface Rule {
  /** What it looks at, by a name that goes with a number: `appends`. */
  readonly examines: string;
  readonly look: (session: WireSession) => RuleFinding;
}

/** The client's messages of one type, in order. */
export function sentOf({ messages }: WireSession, type: string): readonly WireMessage[] {
  return messages.filter((message) => message.from === 'client' && message.type === type);
}

/** Judges each message by itself. */
export function judgeEach(
  messages: readonly WireMessage[],
  judge: (message: WireMessage) => string | undefined,
): RuleFinding {
  const breaches = messages.flatMap((message) => {
    const what = judge(message);
    return what === undefined ? [] : [{ atMs: message.atMs, what }];
  });
  return { examined: messages.length, breaches };
}
