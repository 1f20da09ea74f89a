/**
 * What holds for every kind of fault, on a real socket: it strikes exactly where it is addressed, the log says what was
 * intended and what went out, other sessions notice nothing, the same seed gives the same, and without it everything is
 * as it was.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createMockServer, type MockServer, type ServerSession } from '../src/mock-server/index.js';
import { FAULT_KIND_NAMES, type Fault, faultKind, type Scenario } from '../src/scenarios/index.js';
import type { LogEntry, NoteEntry, ServerEntry } from '../src/session-log/index.js';
import { LawClient } from './support/law-client.js';

const servers: MockServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** What every session of these tests says: two responses, one of them with a character of four bytes. */
const BASE: Scenario = {
  clock: 'auto',
  replies: [{ text: 'Grüße aus dem Süden 🌻 und bis bald.' }, { text: 'The second answer.' }],
};

/** Kinds whose example needs another address to strike in the sessions of these tests. */
const AT: Partial<Record<Fault['do'], Fault['at']>> = {
  delay: { event: 'response.audio_transcript.delta', nth: 2 },
  'reuse-id': { event: 'response.done', response: 2 },
  'split-text': { event: 'response.audio_transcript.delta', nth: 2 },
  'split-utf8': { event: 'response.audio_transcript.done', response: 1 },
  'binary-opcode': { event: 'response.audio_transcript.delta', nth: 1 },
  'split-audio': { event: 'response.audio.delta', nth: 2 },
  'stop-reading': { event: 'response.created', response: 1 },
};

function exampleOf(name: Fault['do']): Fault {
  const { optional, ...example } = faultKind(name).example;
  return { ...example, ...(AT[name] === undefined ? {} : { at: AT[name] }) } as unknown as Fault;
}

const NAMES = FAULT_KIND_NAMES.map((name) => [name] as const);
const IN_SESSION = FAULT_KIND_NAMES.filter((name) => faultKind(name).layer !== 'upgrade').map(
  (name) => [name] as const,
);

async function serve(scenarios: Readonly<Record<string, Scenario>>): Promise<MockServer> {
  const server = await createMockServer({ scenarios, library: false });
  servers.push(server);
  return server;
}

/** One session of two written questions, over a socket; whatever the server does, it comes to an end. */
async function converse(server: MockServer, scenario: string, seed = 1): Promise<ServerSession | undefined> {
  const before = server.sessions.length;
  await new LawClient(server.urlFor({ scenario, name: 'law', seed })).converse();
  const session = server.sessions[before];
  await ended(session);
  return session;
}

/** A half-open connection does not notice that its peer has gone. */
async function ended(session: ServerSession | undefined): Promise<void> {
  if (session?.entries.some((entry) => entry.kind === 'note' && entry.details['kind'] === 'half-open'))
    return;
  await session?.closed;
}

const notesOf = (session: ServerSession, code: NoteEntry['code']) =>
  session.entries.filter((entry): entry is NoteEntry => entry.kind === 'note' && entry.code === code);
const sentBy = (session: ServerSession) =>
  session.entries.filter((entry): entry is ServerEntry => entry.kind === 'server');

/** Enough of a message to tell it from all others: its ids come first. */
const HEAD_CHARS = 160;

/** What the service meant to say, whatever became of it; sorted, since some faults change the order. */
function intended(session: ServerSession, count: number): string[] {
  const meant = sentBy(session).flatMap(({ intended: text }) => (text === undefined ? [] : [text]));
  return meant
    .slice(0, count)
    .map((text) => `${text.length} ${text.slice(0, HEAD_CHARS)}`)
    .sort();
}

describe.each(IN_SESSION)('%s', (name) => {
  const fault = exampleOf(name);

  test('strikes once, where it is addressed, and the log says so', async () => {
    const session = await converse(await serve({ faulty: { ...BASE, faults: [fault] } }), 'faulty');
    const [fired, ...more] = notesOf(session as ServerSession, 'fault-fired');
    expect(more).toEqual([]);
    expect(notesOf(session as ServerSession, 'fault-skipped')).toEqual([]);
    expect(fired?.details).toMatchObject({ fault: 0, do: name, layer: faultKind(name).layer, time: 1 });
    const event = fault.at?.event;
    if (event !== undefined && event !== 'open') expect(fired?.details['struck']).toBe(event);
    expect(occurrence(session as ServerSession, fired as NoteEntry, event ?? '')).toBe(fault.at?.nth ?? 1);
  });

  test('at an address that never comes, it changes nothing and is reported', async () => {
    const never = { ...fault, at: { ...fault.at, nth: 999 } } as Fault;
    const server = await serve({ plain: BASE, faulty: { ...BASE, faults: [never] } });
    const [plain, faulty] = [await converse(server, 'plain'), await converse(server, 'faulty')];
    expect(faulty?.transcript()).toBe(plain?.transcript());
    expect(faulty?.transcriptHash()).toBe(plain?.transcriptHash());
    expect(notesOf(faulty as ServerSession, 'fault-unfired')).toMatchObject([
      { details: { fault: 0, do: name } },
    ]);
  });

  test('leaves what the service meant to say as it was, up to where the client is cut off', async () => {
    const server = await serve({ plain: BASE, faulty: { ...BASE, faults: [fault] } });
    const [plain, faulty] = [await converse(server, 'plain'), await converse(server, 'faulty')];
    // A client that misses something says less; what the service says to the same messages is the same.
    const count = sharedInputs(plain, faulty);
    expect(count).toBeGreaterThan(0);
    expect(intended(faulty as ServerSession, count)).toEqual(intended(plain as ServerSession, count));
  });

  test('each message that it touched is in the log as intended and as sent', async () => {
    const session = (await converse(
      await serve({ faulty: { ...BASE, faults: [fault] } }),
      'faulty',
    )) as ServerSession;
    for (const { text, intended: meant, disposition, frames } of sentBy(session)) {
      if (disposition === 'forwarded') expect(text).toBe(meant);
      if (disposition === 'dropped') expect([text, typeof meant]).toEqual([undefined, 'string']);
      if (disposition === 'invented') expect([typeof text, meant]).toEqual(['string', undefined]);
      if (disposition === 'changed') {
        expect(typeof meant).toBe('string');
        expect(text !== meant || frames !== undefined).toBe(true);
      }
    }
  });

  test('the same seed gives the same bytes, another client beside it notices nothing', async () => {
    const server = await serve({ plain: BASE, faulty: { ...BASE, faults: [fault] } });
    const alone = await converse(server, 'plain');
    const [first, beside, second] = await Promise.all([
      converseNamed(server, 'faulty', 'law'),
      converseNamed(server, 'plain', 'law'),
      converseNamed(server, 'faulty', 'law-2'),
    ]);
    expect(beside.transcriptHash()).toBe(alone?.transcriptHash());
    const again = await converseNamed(server, 'faulty', 'law');
    expect(again.transcript()).toBe(first.transcript());
    expect(rawBytes(again)).toEqual(rawBytes(first));
    expect(notesOf(second, 'fault-fired')).toHaveLength(1);
  });

  test('in a list behind a pass for the same message it does not strike', async () => {
    const passing = { do: 'pass', at: fault.at } as Fault;
    if (faultKind('pass').strikes.every((point) => !faultKind(name).strikes.includes(point))) return;
    const event = fault.at?.event;
    if (event === undefined || event === 'open') return;
    const session = await converse(await serve({ faulty: { ...BASE, faults: [passing, fault] } }), 'faulty');
    const fired = notesOf(session as ServerSession, 'fault-fired').map(({ details }) => details['do']);
    expect(fired).toEqual(['pass']);
  });
});

describe.each(NAMES)('%s as a kind', (name) => {
  const { kind, layer, summary, clientSees, keys, example, strikes, strike, upgrade } = faultKind(name);

  test('says what it is and what a client sees, and every parameter has a sentence', () => {
    expect(kind).toBe(name);
    for (const text of [summary, clientSees]) expect(text).toMatch(/^[A-Z].*[.:]$/s);
    for (const [key, schema] of Object.entries(keys))
      expect(schema, key).toHaveProperty('description', expect.stringMatching(/\.$/));
    expect(example['do']).toBe(name);
    expect(layer === 'upgrade').toBe(strikes.length === 0);
    expect(strike === undefined).toBe(upgrade !== undefined);
  });
});

/** Which occurrence of its event a remark of a fault belongs to, counted by what was intended or sent by the client. */
function occurrence(session: ServerSession, fired: NoteEntry, event: string): number {
  const before = session.entries.slice(0, session.entries.indexOf(fired));
  const ofResponse = (entry: LogEntry) =>
    entry.kind === 'server'
      ? typeOf(entry.intended ?? '') === event
      : entry.kind === 'client' && typeOf(entry.text) === event;
  const count = before.filter(ofResponse).length;
  const isClient = before.some((entry) => entry.kind === 'client' && typeOf(entry.text) === event);
  // The remark comes before the server's message and behind the client's.
  return isClient
    ? count
    : count + 1 - (fired.details['struck'] === undefined ? 1 : 0) - skipped(event, fired, before);
}

/** Responses before the addressed one have events of the same type. */
function skipped(event: string, _fired: NoteEntry, before: readonly LogEntry[]): number {
  if (event !== 'response.done') return 0;
  return before.filter((entry) => entry.kind === 'server' && typeOf(entry.intended ?? '') === 'response.done')
    .length;
}

function typeOf(text: string): string {
  return /"type":"([^"]*)"/.exec(text)?.[1] ?? '';
}

/** How many messages of the service come before the first difference in what the clients sent. */
function sharedInputs(one: ServerSession | undefined, other: ServerSession | undefined): number {
  const inputs = (session: ServerSession | undefined) =>
    (session?.entries ?? []).filter((entry) => entry.kind === 'client' || entry.kind === 'server');
  const [left, right] = [
    inputs(one),
    inputs(other).filter((entry) => entry.kind === 'client' || entry.intended !== undefined),
  ];
  let count = 0;
  for (const [index, entry] of left.entries()) {
    const twin = right[index];
    if (entry.kind !== twin?.kind) break;
    if (entry.kind === 'server') count += 1;
  }
  return count;
}

async function converseNamed(server: MockServer, scenario: string, name: string): Promise<ServerSession> {
  const client = new LawClient(server.urlFor({ scenario, name, seed: 1 }));
  const id = await client.converse();
  const session = server.sessions.findLast(
    (candidate) =>
      candidate.scenario === scenario &&
      candidate.connectionKey === name &&
      (id === undefined || candidate.id === id),
  );
  await ended(session);
  return session as ServerSession;
}

/** Everything that went out in place of plain frames. */
function rawBytes(session: ServerSession): string[] {
  return sentBy(session).flatMap(({ frames }) =>
    frames === undefined ? [] : [Buffer.from(frames).toString('hex')],
  );
}
