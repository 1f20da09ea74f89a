/**
 * What goes into a session and what comes out: inputs, operations and the options it is made with.
 * Both are plain data. Nothing here may hold a socket, a timer or a clock.
 */

import type { ClockPolicy, Impairment, LiveHold, OneShotFault, Scenario } from '../../scenarios/index.js';
import type { Disposition, MessageAudio, NoteCode } from '../../session-log/index.js';
import type { ReplaySettings } from './replay.js';

/** Something that happens to a session. */
export type SessionInput =
  /** The connection stands; always the first input. */
  | { readonly kind: 'open' }
  /** A text message of the client. */
  | { readonly kind: 'text'; readonly text: string }
  /** A binary message of the client. */
  | { readonly kind: 'binary'; readonly sizeBytes: number }
  /** Virtual time moves on by itself: wall time on a `paced` clock, a free run, a test that advances it. */
  | { readonly kind: 'advance'; readonly byMs: number }
  /** A hold has been waiting too long in wall time. */
  | { readonly kind: 'hold-watchdog' }
  /** A client that replays a recording has sent nothing for a while. */
  | { readonly kind: 'replay-silence' }
  /** From outside, into a running session: a fault, a message the service would not send, a hold, an end. */
  | { readonly kind: 'fault'; readonly fault: OneShotFault }
  | { readonly kind: 'inject'; readonly text: string }
  | { readonly kind: 'hold'; readonly hold: LiveHold }
  | { readonly kind: 'release-hold'; readonly hold: number }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

/** One message to the client, or one that was meant for it and never goes out. */
export interface SendOperation {
  readonly op: 'send';
  readonly atMs: number;
  /** What goes out; undefined when a fault dropped it. */
  readonly text: string | undefined;
  /** The pieces of `text`, where it was put together: whoever can send them need not join them. */
  readonly pieces?: readonly string[] | undefined;
  /** The audio of `text` before base64, if it carries any. */
  readonly audio?: MessageAudio | undefined;
  /** The bytes that carry `text` where one text frame does not. */
  readonly frames?: Uint8Array | undefined;
  /** What the service meant to send, where that is not `text`; absent for invented messages too. */
  readonly intended?: string | undefined;
  readonly disposition: Disposition;
}

/** Something that goes over the wire and keeps its place among the messages: those, and bytes that are none. */
export type WireOperation =
  | SendOperation
  | { readonly op: 'bytes'; readonly atMs: number; readonly bytes: Uint8Array; readonly what: string };

/** Something a session wants done, in order. `atMs` is virtual time since the connection opened. */
export type SessionOperation =
  | WireOperation
  | {
      readonly op: 'close';
      readonly atMs: number;
      /** Undefined: a close frame without a code. */
      readonly code: number | undefined;
      readonly reason: string;
      /** Send the reason whole, however long. */
      readonly whole: boolean;
    }
  /** The end of the TCP stream without a close frame, and a reset. */
  | { readonly op: 'end' | 'reset'; readonly atMs: number }
  | { readonly op: 'impair'; readonly atMs: number; readonly impairment: Impairment }
  | {
      readonly op: 'note';
      readonly atMs: number;
      readonly code: NoteCode;
      readonly details: Readonly<Record<string, string | number | boolean>>;
    };

/** Says whether a JPEG can be decoded to its last line. */
export type ImageVerifier = (bytes: Uint8Array) => { readonly ok: boolean };

/** What a session is made with. */
export interface SessionOptions {
  /** The model of the URL, or null when the URL named none. */
  readonly model: string | null;
  /** Decides ids and generated content. A safe integer. */
  readonly seed: number;
  /** The connection's name, or its scenario and number; part of every random stream. */
  readonly connectionKey: string;
  /** Which connection of its scenario and name this is, from 1; what faults ask about. Default 1. */
  readonly connection?: number;
  readonly clock: ClockPolicy;
  /** The script; an empty object is the default behaviour. */
  readonly scenario: Scenario;
  /** A recording to follow strictly in place of the simulation. */
  readonly replay?: ReplaySettings | undefined;
  /** Full decode of an image, called once per image at commit. Every image passes when absent. */
  readonly verifyImage?: ImageVerifier;
  /** The key's account: `arrears` closes at once, `refused` answers with the authentication error event. */
  readonly account?: 'good' | 'arrears' | 'refused';
}
