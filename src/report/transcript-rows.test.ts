/**
 * What a reader sees of messages that a fault touched, and of the faults themselves.
 */
import { expect, test } from 'vitest';
import type { LogEntry } from '../session-log/index.js';
import { transcriptRows } from './transcript-rows.js';

const done = '{"event_id":"event_1","type":"response.done","response":{"id":"resp_1","status":"completed"}}';
const delta = (text: string) =>
  JSON.stringify({ type: 'response.text.delta', item_id: 'item_1', delta: text });
const titles = (...entries: LogEntry[]) =>
  transcriptRows(entries).map(({ title, details }) => (details === '' ? title : `${title}: ${details}`));

test('a message that was dropped, changed, invented or sent in frames says so', () => {
  expect(
    titles(
      { kind: 'server', atMs: 1, text: undefined, intended: done, disposition: 'dropped' },
      { kind: 'server', atMs: 1, text: '{', intended: done, disposition: 'changed' },
      { kind: 'server', atMs: 1, text: '{"type":"x.new"}', intended: undefined, disposition: 'invented' },
      {
        kind: 'server',
        atMs: 1,
        text: done,
        intended: done,
        disposition: 'changed',
        frames: new Uint8Array(9),
      },
    ),
  ).toEqual([
    'response.done  [dropped]: completed',
    'text without a type  [changed]: {',
    'x.new  [invented]',
    'response.done  [changed, 9 bytes of frames]: completed',
  ]);
});

test('deltas that a fault touched do not hide among the others', () => {
  const entry = (text: string, disposition: 'forwarded' | 'dropped'): LogEntry =>
    disposition === 'forwarded'
      ? { kind: 'server', atMs: 1, text, intended: text, disposition }
      : { kind: 'server', atMs: 1, text: undefined, intended: text, disposition };
  const rows = transcriptRows([
    entry(delta('One'), 'forwarded'),
    entry(delta(' two'), 'dropped'),
    entry(delta(' three'), 'forwarded'),
  ]);
  expect(rows.map(({ title, count, details }) => [title, count, details])).toEqual([
    ['response.text.delta', 2, '“One three”'],
    ['response.text.delta  [dropped]', 1, '“two”'],
  ]);
});

test('remarks about faults are sentences', () => {
  const note = (code: 'fault-fired' | 'fault-skipped' | 'fault-unfired', details: object): LogEntry => ({
    kind: 'note',
    atMs: 1,
    code,
    details: { fault: 2, do: 'drop', layer: 'event', event: 'response.done', ...details },
  });
  expect(
    titles(
      note('fault-fired', { time: 1, struck: 'response.done' }),
      note('fault-fired', { time: 1 }),
      note('fault-skipped', { reason: 'there is nothing there' }),
      note('fault-unfired', { seen: 0, optional: false }),
      note('fault-unfired', { seen: 3, optional: false }),
    ),
  ).toEqual([
    'fault 2 strikes: drop at response.done',
    'fault 2 strikes: drop',
    'fault 2 cannot strike: drop – there is nothing there',
    'fault 2 never struck: drop at response.done – no message fitted its address',
    'fault 2 never struck: drop at response.done – 3 messages fitted its address',
  ]);
});
