import { describe, expect, it } from 'vitest';
import {
  append,
  binary,
  client,
  connection,
  created,
  delta,
  done,
  dropped,
  image,
  invented,
  says,
  server,
} from '../../../test/support/written-log.js';
import { CLIENT_RULES, type ClientRule } from '../../scenarios/index.js';
import { verifyScenario } from '../verify-scenario.js';

type Line = ReturnType<typeof client>;

/** What the log shows of one rule; a rule that is kept says `kept`. */
function look(keeps: ClientRule, ...lines: Line[]): string {
  const scenario = { expect: [{ keeps }] };
  const { checks } = verifyScenario({ scenario, sessions: [connection(1, ...lines)], upgrades: [] });
  const check = checks.at(-1);
  expect(check?.ok).toBe(check?.saw.startsWith('kept'));
  return check?.saw ?? '';
}

const kept = (examined: number, what: string) => `kept by all ${what}: ${examined}`;
const SECOND = 32_000;
const updated = (format?: object) =>
  server({ type: 'session.updated', session: format === undefined ? {} : { audio: { input: { format } } } });

it('each has a check, which keeps silent where there is nothing to look at', () => {
  for (const name of Object.keys(CLIENT_RULES) as ClientRule[]) {
    expect(look(name, says('input_audio_buffer.clear'))).toMatch(/^kept by all [a-z ]+: 0$/);
  }
});

it('each connection is judged by itself', () => {
  const once = client({ type: 'input_audio_buffer.clear', event_id: 'a' });
  const scenario = { expect: [{ keeps: 'unique-event-ids' as const }] };
  const judge = (second: Line[]) =>
    verifyScenario({
      scenario,
      sessions: [connection(1, once), connection(2, ...second)],
      upgrades: [],
    }).checks.at(-1);
  expect(judge([once])).toMatchObject({
    ok: true,
    saw: 'kept by all event ids: 2',
    what: 'the client keeps unique-event-ids: No `event_id` is used twice on a connection',
  });
  expect(judge([once, once])).toMatchObject({
    ok: false,
    saw: "broken once: at 100 ms on connection 2 ('a' again)",
  });
});

describe('audio-aligned', () => {
  it('wants whole samples in every append', () => {
    expect(look('audio-aligned', append(3200), append(0))).toBe(kept(2, 'appends'));
    expect(look('audio-aligned', append(3201), append(1))).toBe(
      'broken twice: at 0 ms (3201 bytes in samples of 2), at 100 ms (1 bytes in samples of 2)',
    );
  });

  it('counts the channels that the session has, from there on', () => {
    const two = updated({ channels: 2 });
    expect(look('audio-aligned', append(2), two, append(4))).toBe(kept(2, 'appends'));
    expect(look('audio-aligned', two, append(2))).toBe('broken once: at 100 ms (2 bytes in samples of 4)');
    expect(look('audio-aligned', two, updated(), append(2))).toBe(kept(1, 'appends'));
  });

  it('says nothing of WAV streams and of what is no base64', () => {
    const broken = client({ type: 'input_audio_buffer.append', audio: 'A' });
    expect(look('audio-aligned', updated({ type: 'wav' }), append(3))).toBe(kept(0, 'appends'));
    expect(look('audio-aligned', broken)).toBe(kept(0, 'appends'));
  });
});

describe('audio-base64', () => {
  it.each([
    ['AAAA', true],
    ['AAA=', true],
    ['AAA', false],
    ['AA-_', false],
    ['AAAA\n', false],
    ['data:audio/pcm;base64,AAAA', false],
    ['', false],
    [undefined, false],
    [7, false],
  ])('%j', (audio, ok) => {
    const saw = look('audio-base64', client({ type: 'input_audio_buffer.append', audio }));
    expect(saw.startsWith('kept')).toBe(ok);
  });

  it('tells empty from broken', () => {
    expect(look('audio-base64', append(0))).toBe('broken once: at 0 ms (empty)');
  });
});

describe('image-after-audio', () => {
  const committed = server({ type: 'input_audio_buffer.committed' });
  const [commit, clear] = [says('input_audio_buffer.commit'), says('input_audio_buffer.clear')];
  const broken = (atMs: number) => `broken once: at ${atMs} ms (no audio before it)`;

  it('wants audio before the first image, not an empty append', () => {
    expect(look('image-after-audio', append(2), image, image)).toBe(kept(2, 'images'));
    expect(look('image-after-audio', image, append(2))).toBe(broken(0));
    expect(look('image-after-audio', append(0), image)).toBe(broken(100));
  });

  it('begins anew with a commit or a clear of the client', () => {
    expect(look('image-after-audio', append(2), commit, image)).toBe(broken(200));
    expect(look('image-after-audio', append(2), clear, image)).toBe(broken(200));
    expect(look('image-after-audio', append(2), commit, append(2), image)).toBe(kept(1, 'images'));
  });

  it('does not take a late answer to the commit for another turn', () => {
    expect(look('image-after-audio', append(2), commit, append(2), committed, says('x'), image)).toBe(
      kept(1, 'images'),
    );
  });

  it('begins anew with a commit of voice activity, which the next message may cross', () => {
    expect(look('image-after-audio', append(2), committed, image)).toBe(kept(1, 'images'));
    expect(look('image-after-audio', append(2), committed, image, image)).toBe(broken(300));
    expect(look('image-after-audio', append(2), committed, says('x'), image)).toBe(broken(300));
    expect(look('image-after-audio', append(2), committed, append(2), image)).toBe(kept(1, 'images'));
  });
});

describe('image-rate', () => {
  it('wants a second of audio between two images, at 16 kHz', () => {
    expect(look('image-rate', image, append(SECOND), image)).toBe(kept(2, 'images'));
    expect(look('image-rate', image, append(SECOND / 2), append(SECOND / 2 - 2), image)).toBe(
      'broken once: at 300 ms (999 ms of audio since the one before)',
    );
    expect(look('image-rate', append(10 * SECOND), image, image)).toBe(
      'broken once: at 200 ms (0 ms of audio since the one before)',
    );
  });

  it('at the rate and the channels that the session says', () => {
    expect(look('image-rate', updated({ sample_rate: 8_000 }), image, append(16_000), image)).toBe(
      kept(2, 'images'),
    );
    expect(look('image-rate', updated({ sample_rate: 48_000 }), image, append(95_998), image)).toMatch(
      /^broken/,
    );
    expect(look('image-rate', updated({ channels: 2 }), image, append(SECOND), image)).toMatch(/^broken/);
  });

  it('goes by the session that the client was told, not by one that was dropped', () => {
    const lost = dropped({
      type: 'session.updated',
      session: { audio: { input: { format: { sample_rate: 8_000 } } } },
    });
    expect(look('image-rate', lost, image, append(16_000), image)).toMatch(/^broken/);
  });
});

describe('unique-event-ids', () => {
  const named = (event_id: unknown) => client({ type: 'response.create', event_id });
  it('looks at ids that are texts, of any message of the client', () => {
    const log = [named('a'), named('b'), named(7), named(7), says('x'), binary(1), client('{')];
    expect(look('unique-event-ids', ...log, server({ type: 'error', event_id: 'a' }))).toBe(
      kept(2, 'event ids'),
    );
    expect(look('unique-event-ids', named('a'), client({ type: 'x', event_id: 'a' }))).toBe(
      "broken once: at 100 ms ('a' again)",
    );
  });
});

describe('tool outputs', () => {
  const output = (call_id: unknown, value: unknown = 'ok') =>
    client({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id, output: value },
    });
  const call = { type: 'function_call', call_id: 'c1' };

  it.each([
    { type: 'response.function_call_arguments.done', call_id: 'c1' },
    { type: 'response.function_call_arguments.delta', call_id: 'c1' },
    { type: 'response.output_item.done', item: call },
    { type: 'response.done', response: { id: 'r', output: [{ type: 'message' }, call] } },
  ])('one-output-per-call: a call announced by $type', (event) => {
    expect(look('one-output-per-call', server(event), output('c1'))).toBe(kept(1, 'tool outputs'));
    expect(look('one-output-per-call', output('c1'), server(event))).toBe(
      "broken once: at 0 ms (for 'c1', which is no call of this connection)",
    );
    expect(look('one-output-per-call', server(event), output('c1'), says('x'), output('c1'))).toBe(
      "broken once: at 300 ms (for 'c1', again)",
    );
    expect(look('one-output-per-call', dropped(event), output('c1'))).toMatch(/^broken/);
  });

  it('one-output-per-call: the echo of an output is no call', () => {
    const echo = server({
      type: 'conversation.item.created',
      item: { type: 'function_call_output', call_id: 'c1' },
    });
    expect(look('one-output-per-call', echo, output('c1'))).toMatch(/^broken once/);
    expect(look('one-output-per-call', output(undefined))).toMatch(/^broken once/);
  });

  it('one-output-per-call: other items are none', () => {
    const written = client({ type: 'conversation.item.create', item: { type: 'message' } });
    expect(look('one-output-per-call', written)).toBe(kept(0, 'tool outputs'));
  });

  it.each([
    ['21 degrees', true],
    ['', true],
    ['{"lamp":"on"}', true],
    ['"on"', true],
    ['"21"', true],
    [JSON.stringify('{"lamp":"on"}'), false],
    [JSON.stringify('["on"]'), false],
    [JSON.stringify('"on"'), false],
    [{ lamp: 'on' }, false],
    [null, false],
    [undefined, false],
  ])('string-outputs: %j', (value, ok) => {
    const item = { type: 'function_call_output', call_id: 'c', output: value };
    const saw = look('string-outputs', client({ type: 'conversation.item.create', item }));
    expect(saw.startsWith('kept')).toBe(ok);
  });
});

describe('setup-first', () => {
  const [create, finish] = [says('response.create'), says('session.finish')];
  it('wants session.updated before the first append or request', () => {
    expect(look('setup-first', says('session.update'), updated(), append(2), create)).toBe(
      kept(1, 'first requests'),
    );
    expect(look('setup-first', append(2), updated(), create)).toBe(
      'broken once: at 0 ms (input_audio_buffer.append before session.updated)',
    );
    expect(look('setup-first', says('session.update'), create, updated())).toMatch(/^broken/);
    expect(look('setup-first', create)).toMatch(/^broken/);
    expect(look('setup-first', finish)).toBe(kept(0, 'first requests'));
  });

  it('a session.updated that was dropped is none', () => {
    expect(look('setup-first', dropped({ type: 'session.updated' }), create)).toMatch(/^broken/);
  });
});

describe('no-repeated-update', () => {
  const update = (session: unknown, event_id = 'x') => client({ type: 'session.update', event_id, session });
  it('compares what two updates in a row say', () => {
    expect(look('no-repeated-update', update({ a: 1, b: 2 }), says('x'), update({ b: 2, a: 1 }, 'y'))).toBe(
      'broken once: at 200 ms (the same as at 0 ms)',
    );
    expect(look('no-repeated-update', update({ a: 1 }), update({ a: 2 }), update({ a: 1 }))).toBe(
      kept(3, 'updates'),
    );
    expect(look('no-repeated-update', update({ a: [1, 2] }), update({ a: [2, 1] }))).toBe(kept(2, 'updates'));
  });
});

describe('create-when-idle', () => {
  const create = says('response.create');
  const cancel = says('response.cancel');
  const broken = (atMs: number, number = 1) =>
    `broken once: at ${atMs} ms (while response ${number} was not done)`;

  it('wants none between created and done', () => {
    expect(look('create-when-idle', create, server(created('r')), server(done('r')), create)).toBe(
      kept(2, 'requests'),
    );
    expect(look('create-when-idle', create, server(created('r')), create, server(done('r')))).toBe(
      broken(200),
    );
    expect(look('create-when-idle', server(created('r')), server(delta('r')), create)).toBe(broken(200));
    expect(look('create-when-idle', server(created('r')), server(done('other')), create)).toBe(broken(200));
  });

  it('ignores responses of other conversations', () => {
    const own = [server(created('r')), server(done('r'))];
    const side = (conversation_id: unknown) => invented(created('x', { conversation_id }));
    expect(look('create-when-idle', ...own, side('conv_2'), create)).toBe(kept(1, 'requests'));
    expect(look('create-when-idle', ...own, side(null), create)).toBe(kept(1, 'requests'));
    expect(look('create-when-idle', ...own, side('conv_1'), create)).toBe(broken(300, 2));
    expect(look('create-when-idle', ...own, side(undefined), create)).toBe(broken(300, 2));
  });

  it('takes a response without a done for over when it was cancelled, interrupted or replaced', () => {
    const started = server({ type: 'input_audio_buffer.speech_started' });
    expect(look('create-when-idle', server(created('r')), cancel, create)).toBe(kept(1, 'requests'));
    expect(look('create-when-idle', server(created('r')), started, create)).toBe(kept(1, 'requests'));
    const replaced = [server(created('r')), server(created('s')), server(done('s')), create];
    expect(look('create-when-idle', ...replaced)).toBe(kept(1, 'requests'));
  });

  it('waits for the done of a cancelled response where there is one', () => {
    expect(look('create-when-idle', server(created('r')), cancel, create, server(done('r')))).toBe(
      broken(200),
    );
  });

  it('does not count a done that was dropped, nor a response that nobody was told of', () => {
    expect(look('create-when-idle', server(created('r')), dropped(done('r')), create)).toBe(broken(200));
    expect(look('create-when-idle', dropped(created('r')), create)).toBe(kept(1, 'requests'));
  });
});

describe('cancel-when-active', () => {
  const cancel = says('response.cancel');
  const idle = (atMs: number) => `broken once: at ${atMs} ms (no response was active)`;

  it('wants an active response', () => {
    expect(look('cancel-when-active', server(created('r')), cancel, server(done('r')))).toBe(
      kept(1, 'cancels'),
    );
    expect(look('cancel-when-active', cancel)).toBe(idle(0));
    expect(look('cancel-when-active', cancel, server(created('r')))).toBe(idle(0));
    expect(look('cancel-when-active', dropped(created('r')), cancel)).toBe(idle(100));
  });

  it('allows one for a response', () => {
    const twice = [server(created('r')), cancel, cancel, server(done('r'))];
    expect(look('cancel-when-active', ...twice)).toBe(
      'broken once: at 200 ms (response 1 was cancelled already)',
    );
    const each = [server(created('r')), cancel, server(done('r')), server(created('s')), cancel];
    expect(look('cancel-when-active', ...each)).toBe(kept(2, 'cancels'));
    const crossed = [
      server(created('r')),
      server(created('s', { conversation_id: 'x' })),
      cancel,
      cancel,
      cancel,
    ];
    expect(look('cancel-when-active', ...crossed)).toBe(
      'broken once: at 400 ms (response 2 was cancelled already)',
    );
  });

  it('forgives the one that crosses the done: the first message behind it', () => {
    const over = [server(created('r')), says('x'), server(done('r'))];
    expect(look('cancel-when-active', ...over, cancel)).toBe(kept(1, 'cancels'));
    expect(look('cancel-when-active', ...over, cancel, cancel)).toBe(idle(400));
    expect(look('cancel-when-active', ...over, says('x'), cancel)).toBe(idle(400));
    expect(look('cancel-when-active', server(created('r')), cancel, server(done('r')), cancel)).toBe(
      idle(300),
    );
  });

  it('takes a response whose done never went out for active until the next one', () => {
    const lost = [server(created('r')), dropped(done('r')), says('x')];
    expect(look('cancel-when-active', ...lost, cancel)).toBe(kept(1, 'cancels'));
    expect(
      look('cancel-when-active', ...lost, server(created('s')), server(done('s')), says('x'), cancel),
    ).toBe(idle(600));
  });
});
