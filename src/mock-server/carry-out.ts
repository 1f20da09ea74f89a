/**
 * Carries out what a session wants done: one row per operation, each on the connection and in the log. Must never decide
 * what is to be done.
 */
import { ServerAudioEntry } from '../session-log/index.js';
import type { SendOperation, SessionOperation } from './session/index.js';
import type { SessionRecord } from './session-record.js';
import type { Connection } from './transport/connection.js';

/** What the operations of one session act upon. */
export interface CarryOutTarget {
  readonly connection: Connection;
  readonly record: SessionRecord;
  /** Whether the service cuts close reasons that are too long, where nobody says otherwise. */
  readonly truncatesReasons: boolean;
  /** Told before the connection is ended. */
  readonly onEnding: (atMs: number) => void;
}

/** Carries out one operation. */
export function carryOut(operation: SessionOperation, target: CarryOutTarget): void {
  const { connection, record } = target;
  const { atMs } = operation;
  switch (operation.op) {
    case 'send':
      send(operation, target);
      break;
    case 'bytes':
      record.note(atMs, 'bytes-sent', { what: operation.what, sizeBytes: operation.bytes.length });
      connection.sendBytes(operation.bytes);
      break;
    case 'close':
      target.onEnding(atMs);
      connection.close(operation.code, operation.reason, {
        truncateReason: !operation.whole && target.truncatesReasons,
      });
      break;
    case 'end':
    case 'reset':
      target.onEnding(atMs);
      connection[operation.op]();
      break;
    case 'impair':
      record.note(atMs, 'connection-impaired', { ...operation.impairment });
      connection.impair(operation.impairment);
      break;
    case 'note':
      record.note(atMs, operation.code, operation.details);
      break;
  }
}

function send(operation: SendOperation, { connection, record }: CarryOutTarget): void {
  const { atMs, text, pieces, audio, frames, intended, disposition } = operation;
  const isForwarded = disposition === 'forwarded';
  if (isForwarded && frames === undefined && audio !== undefined) {
    record.append(new ServerAudioEntry(atMs, audio));
  } else {
    const bytes = frames === undefined ? {} : { frames };
    const meant = isForwarded ? text : intended;
    record.append({ kind: 'server', atMs, text, intended: meant, disposition, ...bytes });
  }
  if (text === undefined) return;
  if (frames === undefined) connection.sendText(pieces ?? text);
  else connection.sendBytes(frames);
}
