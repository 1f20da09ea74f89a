/**
 * Reading a session's log through the control API: what is left out, where a reader begins, and following a session
 * while it lives, by readers who read and by one who does not.
 */
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createMockServer,
  type MockServer,
  type MockServerOptions,
  type ServerSession,
} from '../src/index.js';
import { LIMITS } from '../src/protocol/index.js';
import { append, create, manual, SPEECH, userText } from './support/client-messages.js';
import { ask } from './support/control-requests.js';
import { HandWoundClock } from './support/hand-wound-clock.js';
import { Happenings } from './support/happenings.js';
import { Talk } from './support/talk.js';

interface Entry {
  readonly number: number;
  readonly kind: string;
  readonly type?: string;
  readonly event?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

let server: MockServer | undefined;
const leaving: (() => void)[] = [];

afterEach(async () => {
  for (const leave of leaving.splice(0)) leave();
  await server?.close();
  server = undefined;
});

async function talkTo(
  options: MockServerOptions = {},
): Promise<{ base: string; talk: Talk; session: ServerSession }> {
  server = await createMockServer(options);
  const talk = await Talk.open(server, 'memory');
  const [session] = server.sessions;
  if (session === undefined) throw new Error('the server has no session');
  return { base: server.controlUrl ?? '', talk, session };
}

async function readLog(base: string, query = ''): Promise<Entry[]> {
  return (await ask(base, 'GET', `sessions/latest/log${query}`)).json;
}

/** The lines of a log that is followed, one at a time. */
async function* follow(base: string, query = ''): AsyncGenerator<Entry> {
  const left = new AbortController();
  leaving.push(() => left.abort());
  const response = await fetch(`${base}sessions/latest/log?follow=true${query}`, { signal: left.signal });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Entry;
  }
  expect(rest).toBe('');
}

async function collect(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const list: Entry[] = [];
  for await (const entry of entries) list.push(entry);
  return list;
}

describe('the log', () => {
  test('is an array of numbered entries, messages parsed, long base64 cut', async () => {
    const { base, talk } = await talkTo();
    talk.send(manual, append(SPEECH));
    talk.conversation.sendRaw('no JSON' as never);
    const entries = await readLog(base);
    expect(entries.map(({ number }) => number)).toEqual(entries.map((_, index) => index));
    expect(entries[0]).toEqual({
      number: 0,
      kind: 'open',
      atMs: 0,
      target: expect.stringContaining('model='),
      model: 'qwen3.8-omni-flash-realtime',
    });
    expect(entries[1]).toMatchObject({ kind: 'server', disposition: 'forwarded', type: 'session.created' });
    expect(entries[1]).not.toHaveProperty('intended');
    const cut = entries.find(({ type }) => type === 'input_audio_buffer.append')?.event?.['audio'];
    expect(cut).toMatch(/^[A-Za-z0-9+/]{64}… \(\d+ characters\)$/);
    const whole = await readLog(base, '?type=input_audio_buffer.append&audio=full');
    expect(whole[0]?.event?.['audio']).toBe(append(SPEECH)['audio']);
    expect(entries.find(({ kind, text }) => kind === 'client' && text !== undefined)).toMatchObject({
      text: 'no JSON',
    });
  });

  test('shows what became of a message that a fault changed, and the bytes where they were no plain frame', async () => {
    const faults = [
      {
        do: 'mutate',
        at: { event: 'response.created' },
        edits: [{ path: 'response.status', change: 'set', value: 'odd' }],
      },
      { do: 'fragment', at: { event: 'response.done' }, pieces: 3 },
    ] as never;
    const { base, talk } = await talkTo({ scenario: { faults } });
    talk.send(manual, userText('Hello?'), create);
    await talk.saw.until('response.done');
    const [changed] = await readLog(base, '?type=response.created');
    expect(changed).toMatchObject({
      disposition: 'changed',
      event: { response: { status: 'odd' } },
      intended: { type: 'response.created', event: { response: { status: 'in_progress' } } },
    });
    const [framed] = await readLog(base, '?type=response.done&audio=full');
    expect(Buffer.from(String(framed?.['frames']), 'base64').readUInt8(0)).toBe(0x01);
    expect(await readLog(base, '?kind=note')).toMatchObject([
      { code: 'fault-fired' },
      { code: 'fault-fired' },
    ]);
  });

  test('is read in part: by kind, by type, from a number, up to a number', async () => {
    const { base, talk } = await talkTo();
    talk.send(manual, userText('Hello?'), create);
    await talk.saw.until('response.done');
    const all = await readLog(base);
    expect(await readLog(base, '?kind=client,open')).toEqual(
      all.filter(({ kind }) => kind === 'client' || kind === 'open'),
    );
    expect(await readLog(base, '?type=response.done,session.created')).toEqual(
      all.filter(({ type }) => type === 'response.done' || type === 'session.created'),
    );
    expect(await readLog(base, '?from=3&limit=2')).toEqual(all.slice(3, 5));
    expect(await readLog(base, `?from=${all.length}`)).toEqual([]);
    const { json } = await ask(base, 'GET', 'sessions/latest/log?kind=clients');
    expect(json.error).toMatchObject({ code: 'E_CONTROL_QUERY', details: { path: 'kind' } });
  });

  test('keeps its numbers when the oldest entries have left memory', async () => {
    const { base, talk, session } = await talkTo({ sessionLogBytes: 4_000 });
    for (let note = 0; note < 200; note += 1) talk.send(userText(`Note ${note}`));
    const entries = await readLog(base);
    expect(entries[0]).toMatchObject({ kind: 'note', code: 'entries-evicted' });
    expect(entries[1]?.number).toBe(
      session.entries.find((entry) => entry.kind === 'note')?.details['entries'],
    );
    expect(entries.at(-1)?.number).toBe(400 + 1);
    expect(entries).toHaveLength(session.entries.length);
    expect((await readLog(base, `?from=${entries[3]?.number}&limit=1`))[0]).toEqual(entries[3]);
    expect((await readLog(base, '?from=0&limit=1'))[0]).toEqual(entries[0]);
  });
});

describe('following a log', () => {
  test('gives what was, then what comes, and ends with the session', async () => {
    const { base, talk, session } = await talkTo();
    const following = collect(follow(base));
    talk.send(manual, userText('Hello?'), create);
    await talk.saw.until('response.done');
    await talk.conversation.close();
    await session.closed;
    const entries = await following;
    expect(entries.at(-1)).toMatchObject({ kind: 'close', by: 'client', code: 1000 });
    expect(entries).toEqual(await readLog(base));
    expect(await collect(follow(base, '&kind=close'))).toEqual(entries.slice(-1));
  });

  test('shows an entry as soon as it happens', async () => {
    const { base, session } = await talkTo();
    const entries = follow(base, '&type=x.news');
    for (const headline of ['Snow', 'Sun']) {
      const next = entries.next();
      session.inject({ type: 'x.news', headline });
      expect((await next).value).toMatchObject({ event: { headline } });
    }
  });

  test('ends after as many entries as were asked for', async () => {
    const { base, session } = await talkTo();
    const following = collect(follow(base, '&kind=client,server&limit=2'));
    session.inject({ type: 'x.news' });
    session.inject({ type: 'x.news' });
    expect((await following).map(({ type }) => type)).toEqual(['session.created', 'x.news']);
  });

  test('a reader who leaves is forgotten at once, also when nothing happens any more', async () => {
    const { base, session } = await talkTo();
    const saw = new Happenings();
    const { onEntry } = session;
    session.onEntry = (listener) => {
      const stop = onEntry.call(session, listener);
      return () => {
        stop();
        saw.add('forgotten');
      };
    };
    const entries = follow(base);
    await entries.next();
    for (const leave of leaving.splice(0)) leave();
    await expect(collect(entries)).rejects.toThrow();
    await saw.until('forgotten');
  });

  test('begins with the oldest entry in memory, and goes on past what leaves it', async () => {
    const { base, talk, session } = await talkTo({ sessionLogBytes: 4_000 });
    for (let note = 0; note < 200; note += 1) talk.send(userText(`Note ${note}`));
    const there = await readLog(base);
    const following = collect(follow(base));
    await talk.conversation.close();
    await session.closed;
    expect((await following).slice(0, there.length)).toEqual(there);
  });

  /** A follower on a bare socket who reads nothing until told. */
  async function stalled(base: string) {
    const { port, pathname } = new URL(base);
    const socket = connect(Number(port), '127.0.0.1');
    leaving.push(() => socket.destroy());
    socket.pause();
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(
      `GET ${pathname}sessions/latest/log?follow=true HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`,
    );
    return {
      /** Everything that was on the way when the connection ended. */
      rest: () =>
        new Promise<string>((resolve) => {
          let text = '';
          socket.on('data', (chunk) => {
            text = (text + String(chunk)).slice(-1_000);
          });
          socket.on('error', () => {});
          socket.once('close', () => resolve(text));
          socket.resume();
        }),
    };
  }

  /** More than sockets keep for somebody who does not read. */
  function fill(session: ServerSession): void {
    const words = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 30; count += 1) session.inject({ type: 'x.words', words });
  }

  test('a reader who does not read is cut off at a number of entries, and nobody else notices', async () => {
    const { base, talk, session } = await talkTo({ sessionLogBytes: 64 * 1024 * 1024 });
    const reader = await stalled(base);
    fill(session);
    const quick = follow(base, '&type=x.last');
    const last = quick.next();
    // The stalled reader stands somewhere in what was filled in.
    await ask(base, 'GET', 'health');
    for (let count = 0; count <= LIMITS.controlFollowedEntries; count += 1) {
      session.inject('x');
      if (count % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    session.inject({ type: 'x.last' });
    expect(await reader.rest()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect((await last).value).toMatchObject({ type: 'x.last' });
    await talk.saw.until('x.last');
  });

  test('a reader who does not read is cut off after a time', async () => {
    const clock = new HandWoundClock();
    const { base, session } = await talkTo({ sessionLogBytes: 64 * 1024 * 1024, wallClock: clock });
    fill(session);
    const reader = await stalled(base);
    await clock.fireNext(LIMITS.controlStallMs);
    expect(await reader.rest()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(session.close).toBeUndefined();
  });
});
