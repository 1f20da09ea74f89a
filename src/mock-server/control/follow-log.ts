/**
 * Reading a session's log to its end, and on while the session lives. The log itself is the buffer: a reader has a
 * place in it and nothing of its own. Must never let a reader who does not read hold up the session.
 */
import { LIMITS } from '../../protocol/index.js';
import type { RunningSession } from '../running-session.js';
import { countEntries, type EntryFilter, firstNumber, showEntry } from './log-entries.js';
import type { TextSink } from './reply.js';

/** What a reader wants. */
export interface LogReading extends EntryFilter {
  /** The number of the first entry. */
  readonly from: number;
  /** Entries at most. */
  readonly limit: number;
}

/** The entries there are, as one JSON array. */
export async function writeLog(session: RunningSession, reading: LogReading, sink: TextSink): Promise<void> {
  const entries = session.entries.slice();
  const first = firstNumber(entries);
  let written = 0;
  if (!(await sink.write('['))) return;
  for (let index = Math.max(0, reading.from - first); index < entries.length; index += 1) {
    const entry = entries[index];
    const shown = entry === undefined ? undefined : showEntry(entry, first + index, reading);
    if (shown === undefined) continue;
    if (written === reading.limit) break;
    if (!(await sink.write(`${written === 0 ? '\n' : ',\n'}${JSON.stringify(shown)}`))) return;
    written += 1;
  }
  await sink.write(written === 0 ? ']\n' : '\n]\n');
}

/** The entries there are and those to come, one a line, until the session or the reader ends. */
export async function followLog(session: RunningSession, reading: LogReading, sink: TextSink): Promise<void> {
  const startedAt = countEntries(session.entries);
  let next = reading.from;
  let written = 0;
  let wake = () => {};
  const stopListening = session.onEntry(() => {
    const behind = countEntries(session.entries) - Math.max(next, startedAt);
    if (behind > LIMITS.controlFollowedEntries) sink.cutOff();
    wake();
  });
  const onAbort = () => wake();
  sink.signal.addEventListener('abort', onAbort);
  try {
    while (!sink.signal.aborted && written < reading.limit) {
      const { entries } = session;
      const first = firstNumber(entries);
      const number = Math.max(next, first);
      const entry = entries[number - first];
      if (entry === undefined) {
        if (session.isOver) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      next = number + 1;
      const shown = showEntry(entry, number, reading);
      if (shown === undefined) continue;
      if (!(await sink.write(`${JSON.stringify(shown)}\n`))) return;
      written += 1;
    }
  } finally {
    stopListening();
    sink.signal.removeEventListener('abort', onAbort);
  }
}
