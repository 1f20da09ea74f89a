/** Scenarios of the library about tool calls, from the client's side. */
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createMockServer } from '../../src/mock-server/index.js';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import type { LibraryRun } from '../support/library.js';
import {
  answer,
  asked,
  askedForTool,
  call,
  heard,
  joined,
  ofResponse,
  outputs,
  played,
  responseId,
  sent,
  story,
} from './told.js';

const DELTA = 'response.function_call_arguments.delta';
const DONE = 'response.function_call_arguments.done';
const ADDED = 'response.output_item.added';
const SPEECH = ['input_audio_buffer.speech_started', 'input_audio_buffer.speech_stopped'] as const;
const OUTPUT_STORED = 'conversation.item.created function_call_output';
/** What the server answers to the tools of the session. */
const READY = ['session.created', 'session.updated'];
/** The output, the answer to it, and the probe, which is answered by another call where a tool is offered. */
const AFTERWARDS = [OUTPUT_STORED, ...answer(2), ...askedForTool(3)];

interface CallItem {
  readonly id: string;
  readonly call_id: string;
  readonly name: string;
}

/** The calls of the first response as its items announce them. */
function announced(run: LibraryRun): CallItem[] {
  return ofResponse(run, 1, ADDED).map(({ item }) => item as CallItem);
}

describe('calls that nobody can carry out (H1)', () => {
  test('calls-a-tool-that-nobody-declared: one call, and an answer once it has its output', async () => {
    const run = await played('calls-a-tool-that-nobody-declared');
    expect(story(run)).toEqual([
      'session.created',
      ...askedForTool(1),
      OUTPUT_STORED,
      ...answer(2),
      ...asked(3),
    ]);
    expect(sent(run, 'session.update')).toEqual([]);
    const [made] = announced(run);
    expect(heard(run, DONE)).toMatchObject([
      { name: 'launch_the_boats', call_id: made?.call_id, arguments: '{"count": 3}' },
    ]);
    expect(outputs(run)).toMatchObject([{ call_id: made?.call_id }]);
  });

  test('tool-arguments-are-no-json-object: five calls in one response, one of them in order', async () => {
    const run = await played('tool-arguments-are-no-json-object');
    expect(story(run)).toEqual([
      'session.created',
      'conversation.item.created user',
      'response.created r1',
      ...call(1, false),
      ...Array.from({ length: 4 }, () => call(1)).flat(),
      'response.done r1',
      ...Array.from({ length: 5 }, () => OUTPUT_STORED),
      ...answer(2),
      ...asked(3),
    ]);
    expect(heard(run, DONE).map((event) => event['arguments'])).toEqual([
      '',
      'null',
      '[]',
      '{"city": "Hang',
      '{"city": "Hangzhou"}',
    ]);
    expect(outputs(run).map(({ call_id }) => call_id)).toEqual(announced(run).map(({ call_id }) => call_id));
  });
});

test('user-speaks-while-a-tool-runs (H2): speech behind the call, and the output is taken', async () => {
  const run = await played('user-speaks-while-a-tool-runs');
  const [added, item, delta, done, itemDone] = call(1);
  expect(story(run)).toEqual([
    ...READY,
    'conversation.item.created user',
    'response.created r1',
    added,
    item,
    delta,
    done,
    SPEECH[0],
    itemDone,
    SPEECH[1],
    'response.done r1',
    ...AFTERWARDS,
  ]);
  expect(outputs(run)).toMatchObject([{ call_id: announced(run)[0]?.call_id }]);
  expect(heard(run, SPEECH[1])).toMatchObject([{ item_id: 'item_interruption', reason: 'turn_invalid' }]);
});

describe('connection-ends-while-a-tool-runs (H3)', () => {
  const NAME = 'connection-ends-while-a-tool-runs';

  test('the connection ends behind the call; the next one has no calls', async () => {
    const run = await played(NAME);
    expect(story(run)).toEqual([...READY, ...askedForTool(1)]);
    expect(run.record.connections[0]?.heard.close).toMatchObject({ code: 1006 });
    expect(run.sessions[0]?.close).toMatchObject({ by: 'dropped' });
    expect(story(run, 2)).toEqual(['session.created', ...asked(1)]);
    expect(outputs(run, 2)).toEqual([]);
    expect(run.record.connections).toHaveLength(2);
  });

  test('an output on the next connection is refused', async () => {
    const refused = await withServer(NAME, async (url) => {
      await untilClosed(await callingClient(url));
      const second = await callingClient(url, { asks: false });
      const item = { type: 'function_call_output', call_id: 'call_of_the_first', output: '{}' };
      second.send({ type: 'conversation.item.create', item });
      const error = await second.next('error');
      second.socket.terminate();
      return error;
    });
    expect(refused).toMatchObject({
      error: { type: 'invalid_request_error', message: 'Unknown function call id: call_of_the_first' },
    });
  });
});

describe('the end of a call lacks something (H4)', () => {
  test('tool-call-done-has-no-name: neither a name nor a delta, and both were announced by the item', async () => {
    const run = await played('tool-call-done-has-no-name');
    expect(story(run)).toEqual([
      ...READY,
      'conversation.item.created user',
      'response.created r1',
      ...call(1, false),
      'response.done r1',
      ...AFTERWARDS,
    ]);
    const [made] = announced(run);
    const [done] = ofResponse(run, 1, DONE);
    expect(done).not.toHaveProperty('name');
    expect(done).toMatchObject({ item_id: made?.id, call_id: made?.call_id });
    expect(made?.name).toBe('get_weather');
    expect(outputs(run)).toMatchObject([{ call_id: made?.call_id }]);
  });

  test('tool-call-done-has-no-call-id: only the item and the delta know it', async () => {
    const run = await played('tool-call-done-has-no-call-id');
    expect(story(run)).toEqual([...READY, ...askedForTool(1), ...AFTERWARDS]);
    const [made] = announced(run);
    const [done] = ofResponse(run, 1, DONE);
    expect(done).not.toHaveProperty('call_id');
    expect(done).toMatchObject({ item_id: made?.id, name: 'get_weather' });
    expect(ofResponse(run, 1, DELTA)).toMatchObject([{ call_id: made?.call_id }]);
    expect(outputs(run)).toMatchObject([{ call_id: made?.call_id }]);
  });
});

describe('arguments in odd shapes (H5)', () => {
  const STORY = ['session.created', ...askedForTool(1), OUTPUT_STORED, ...answer(2), ...asked(3)];

  test('tool-arguments-in-single-characters: one delta for each, escapes cut in the middle', async () => {
    const run = await played('tool-arguments-in-single-characters');
    const deltas = ofResponse(run, 1, DELTA);
    const text = ' {"city": "Hangzhou \\"West Lake\\" \\u2708", "days": 12.5, "where": "杭州 🌤"}';
    expect(joined(deltas)).toBe(text);
    expect(deltas).toHaveLength([...text].length);
    expect(new Set(deltas.map(({ event_id }) => event_id)).size).toBe(deltas.length);
    expect(ofResponse(run, 1, DONE)).toMatchObject([{ arguments: text }]);
    expect(JSON.parse(text)).toEqual({ city: 'Hangzhou "West Lake" ✈', days: 12.5, where: '杭州 🌤' });
    const once = story(run).filter((line, index, all) => line !== `${DELTA} r1` || line !== all[index - 1]);
    expect(once).toEqual(STORY);
  });

  test('tool-arguments-are-json-in-a-json-string: parsed once they are a text, parsed twice an object', async () => {
    const run = await played('tool-arguments-are-json-in-a-json-string');
    expect(story(run)).toEqual(STORY);
    const text = String(heard(run, DONE)[0]?.['arguments']);
    expect(JSON.parse(text)).toBe('{"city": "Hangzhou"}');
    expect(JSON.parse(JSON.parse(text))).toEqual({ city: 'Hangzhou' });
    expect(joined(heard(run, DELTA))).toBe(text);
  });

  test('final-tool-arguments-differ-from-their-deltas: the delta names another city', async () => {
    const run = await played('final-tool-arguments-differ-from-their-deltas');
    expect(story(run)).toEqual(STORY);
    expect(joined(heard(run, DELTA))).toBe('{"city": "Hanoi"}');
    const final = '{"city": "Hangzhou"}';
    expect(heard(run, DONE)).toMatchObject([{ arguments: final }]);
    expect(ofResponse(run, 1, 'response.output_item.done')).toMatchObject([{ item: { arguments: final } }]);
    expect(ofResponse(run, 1, 'response.done')).toMatchObject([
      { response: { output: [{ arguments: final }] } },
    ]);
  });
});

describe('pings-come-while-a-tool-runs (H6)', () => {
  const NAME = 'pings-come-while-a-tool-runs';

  test('speech follows the call, and the output is taken', async () => {
    const run = await played(NAME);
    const [added, item, delta, done, itemDone] = call(1);
    expect(story(run)).toEqual([
      ...READY,
      'conversation.item.created user',
      'response.created r1',
      added,
      item,
      delta,
      done,
      itemDone,
      ...SPEECH,
      'response.done r1',
      ...AFTERWARDS,
    ]);
    expect(outputs(run)).toHaveLength(1);
  });

  test('twenty pings stand between the end of the arguments and the end of the item', async () => {
    const seen = await withServer(NAME, async (url) => {
      const client = await callingClient(url);
      await client.next('response.done');
      client.socket.terminate();
      return client.seen;
    });
    const from = seen.indexOf(DONE);
    expect(seen.slice(from, from + 22)).toEqual([
      DONE,
      ...Array.from({ length: 20 }, (_, index) => `ping ${index + 1}`),
      'response.output_item.done',
    ]);
    expect(seen.filter((line) => line.startsWith('ping'))).toHaveLength(20);
  });
});

test('tool-call-ends-after-its-response-was-cancelled (H7): arguments.done behind response.done', async () => {
  const run = await played('tool-call-ends-after-its-response-was-cancelled');
  const [added, item, delta, done, itemDone] = call(1);
  expect(story(run)).toEqual([
    ...READY,
    'conversation.item.created user',
    'response.created r1',
    added,
    item,
    delta,
    ...SPEECH,
    itemDone,
    'response.done r1',
    done,
    ...askedForTool(2),
  ]);
  const [made] = announced(run);
  expect(heard(run, 'response.done')[0]).toMatchObject({
    response: {
      id: responseId(run, 1),
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      output: [{ call_id: made?.call_id, status: 'incomplete', arguments: '' }],
    },
  });
  expect(ofResponse(run, 1, 'response.output_item.done')).toMatchObject([
    { item: { status: 'incomplete', arguments: '' } },
  ]);
  const [late] = ofResponse(run, 1, DONE);
  expect(late).toMatchObject({ call_id: made?.call_id, name: 'get_weather' });
  expect(JSON.parse(String(late?.['arguments']))).toHaveProperty('city');
  expect(outputs(run)).toEqual([]);
});

test('calls-a-tool-and-reads-its-output (H8): the output is stored as the text that was sent', async () => {
  const run = await played('calls-a-tool-and-reads-its-output');
  expect(story(run)).toEqual([...READY, ...askedForTool(1), ...AFTERWARDS]);
  const output = '{"weather":"sunny"}';
  const [made] = announced(run);
  expect(outputs(run)).toEqual([{ type: 'function_call_output', call_id: made?.call_id, output }]);
  const stored = heard(run, 'conversation.item.created').map(({ item }) => item as Record<string, unknown>);
  expect(stored.filter(({ type }) => type === 'function_call_output')).toMatchObject([
    { call_id: made?.call_id, output, status: 'completed' },
  ]);
});

test('tool-call-is-announced-by-four-events (H9): one call_id in all of them, one output', async () => {
  const run = await played('tool-call-is-announced-by-four-events');
  const [added, item, delta, done, itemDone] = call(1);
  expect(story(run)).toEqual([
    ...READY,
    'conversation.item.created user',
    'response.created r1',
    added,
    item,
    delta,
    done,
    done,
    itemDone,
    'response.done r1',
    ...AFTERWARDS,
  ]);
  const [made] = announced(run);
  const [first, second] = ofResponse(run, 1, DONE);
  expect(second).toEqual({ ...first, event_id: second?.['event_id'] });
  expect(second?.['event_id']).not.toBe(first?.['event_id']);
  const whole = { call_id: made?.call_id, name: 'get_weather', arguments: first?.['arguments'] };
  expect(first).toMatchObject(whole);
  expect(ofResponse(run, 1, 'response.output_item.done')).toMatchObject([{ item: whole }]);
  expect(ofResponse(run, 1, 'response.done')).toMatchObject([{ response: { output: [whole] } }]);
  expect(outputs(run)).toMatchObject([{ call_id: made?.call_id }]);
});

/** Serves one scenario of the library, for clients that the player is not. */
async function withServer<T>(name: string, use: (url: string) => Promise<T>): Promise<T> {
  const server = await createMockServer({ scenarios: { [name]: libraryScenario(name) }, library: false });
  try {
    return await use(server.urlFor({ scenario: name, name: 'raw', seed: 1 }));
  } finally {
    await server.close();
  }
}

interface CallingClient {
  readonly socket: WebSocket;
  /** Types of events and pings, in the order they came. */
  readonly seen: readonly string[];
  send(event: Readonly<Record<string, unknown>>): void;
  /** The first event of a type, now or later. */
  next(type: string): Promise<Record<string, unknown>>;
}

/** A plain `ws` client that offers a tool and asks something. */
async function callingClient(url: string, { asks = true } = {}): Promise<CallingClient> {
  const socket = new WebSocket(url, { headers: { Authorization: 'Bearer sk-any' } });
  const seen: string[] = [];
  const events: Record<string, unknown>[] = [];
  const waiting = new Map<string, (event: Record<string, unknown>) => void>();
  socket.on('ping', (data) => seen.push(`ping ${data.toString()}`));
  socket.on('message', (data) => {
    const event = JSON.parse(String(data)) as Record<string, unknown>;
    const type = String(event['type']);
    seen.push(type);
    events.push(event);
    waiting.get(type)?.(event);
  });
  const client: CallingClient = {
    socket,
    seen,
    send: (event) => socket.send(JSON.stringify(event)),
    next: (type) => {
      const known = events.find((event) => event['type'] === type);
      return known === undefined
        ? new Promise((resolve) => waiting.set(type, resolve))
        : Promise.resolve(known);
    },
  };
  await client.next('session.created');
  if (!asks) return client;
  const tool = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } };
  client.send({ type: 'session.update', session: { tools: [tool] } });
  const content = [{ type: 'input_text', text: 'What is the weather like?' }];
  client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  client.send({ type: 'response.create' });
  return client;
}

async function untilClosed({ socket }: CallingClient): Promise<void> {
  if (socket.readyState !== WebSocket.CLOSED) {
    await new Promise<void>((resolve) => socket.on('close', () => resolve()));
  }
}
