/**
 * Faults beside other faults, holds and fixed sequences: nothing is lost without a trace, nothing overtakes, nothing
 * throws, and what a short scenario asks for has an end.
 */
import { describe, expect, test } from 'vitest';
import { manual } from '../../../test/support/client-messages.js';
import { LIMITS } from '../../protocol/index.js';
import {
  FAULT_KIND_NAMES,
  type Fault,
  faultKind,
  prepareScenario,
  type Scenario,
} from '../../scenarios/index.js';
import { createSession, type SessionInput, type SessionOperation, step, takeWithheld } from './index.js';

const commit = { type: 'input_audio_buffer.commit' };
const cancel = { type: 'response.cancel' };
const text = (event: object): SessionInput => ({ kind: 'text', text: JSON.stringify(event) });

/** What a manual session does, one line an operation: what became of which message, remarks, and the rest by name. */
function play(scenario: Scenario, ...inputs: SessionInput[]) {
  const state = createSession({
    model: 'qwen3.5-omni-flash-realtime',
    seed: 1,
    connectionKey: 'test#1',
    clock: 'auto',
    scenario: prepareScenario(scenario),
  });
  const operations = [{ kind: 'open' } as const, ...inputs].flatMap((input) => step(state, input));
  return { state, operations, lines: operations.map(lineOf) };
}

function lineOf(operation: SessionOperation): string {
  if (operation.op === 'note') return operation.code;
  if (operation.op !== 'send') return operation.op;
  const message = operation.text ?? operation.intended ?? '';
  return `${operation.disposition} ${/"type":"([^"]*)"/.exec(message)?.[1] ?? message}`;
}

const skipsOf = (operations: readonly SessionOperation[]) =>
  operations.flatMap((operation) =>
    operation.op === 'note' && operation.code === 'fault-skipped'
      ? [String(operation.details['reason'])]
      : [],
  );

describe('under a hold of everything', () => {
  const everything: Scenario['holds'] = [
    { lane: 'all', after: { event: 'session.updated' }, until: { event: 'response.cancel' } },
  ];

  test('half a frame keeps its place behind the messages before it', () => {
    const faults: Fault[] = [{ do: 'cut-frame', at: { event: 'error', nth: 2 }, afterBytes: 10 }];
    const { lines } = play({ holds: everything, faults }, text(manual), text(commit), text(commit));
    expect(lines.slice(-4)).toEqual(['forwarded error', 'dropped error', 'bytes', 'reset']);
  });

  test('what was said before the server went mute is not said afterwards', () => {
    const faults: Fault[] = [{ do: 'mute', at: { event: 'error', nth: 2 } }];
    const { lines } = play(
      { holds: everything, faults },
      text(manual),
      text(commit),
      text(commit),
      text(cancel),
    );
    const released = lines.slice(lines.indexOf('hold-released') + 1);
    expect(released).toEqual(['dropped error', 'dropped error', 'dropped error']);
  });

  test('what is kept back when the client leaves was never sent', () => {
    const { state } = play({ holds: everything }, text(manual), text(commit));
    expect(takeWithheld(state).map(lineOf)).toEqual(['dropped error']);
    expect(takeWithheld(state)).toEqual([]);
  });

  test('more than a function takes as arguments is let go in order', () => {
    const events = Array.from({ length: 20 }, (_, index) => ({ type: `x.${index}` }));
    const faults: Fault[] = [{ do: 'inject', at: { event: 'error' }, events, times: 10_000 }];
    const leave: SessionInput = { kind: 'close', code: 1000, reason: '' };
    const { lines } = play({ holds: everything, faults }, text(manual), text(commit), leave);
    expect(lines.slice(-2)).toEqual(['invented x.19', 'close']);
    expect(lines.filter((line) => line.startsWith('invented'))).toHaveLength(200_000);
  });
});

describe('side by side', () => {
  test('a delay until a message that is dropped is over when that would have come', () => {
    const faults: Fault[] = [
      { do: 'drop', at: { event: 'response.done' } },
      { do: 'delay', at: { event: 'response.text.done' }, until: { event: 'response.done' } },
    ];
    const written = { type: 'session.update', session: { turn_detection: null, modalities: ['text'] } };
    const asked = { type: 'response.create', response: { instructions: 'Speak.' } };
    const { lines } = play({ faults }, text(written), text(asked));
    expect(lines.slice(-3)).toEqual(['fault-fired', 'dropped response.done', 'forwarded response.text.done']);
  });

  test('a delay until its own kind of event waits for the next one', () => {
    const faults: Fault[] = [{ do: 'delay', at: { event: 'error', nth: 1 }, until: { event: 'error' } }];
    const { operations } = play({ faults }, text(manual), text(commit), text(cancel));
    const errors = operations.flatMap((operation) =>
      operation.op === 'send' && operation.text?.includes('"error"') ? [operation.text] : [],
    );
    expect(errors).toHaveLength(2);
    expect(errors[0]).toMatch(/none active response/);
    expect(errors[1]).toMatch(/buffer/);
  });

  test('a message that a close gets before is logged as dropped', () => {
    const faults: Fault[] = [{ do: 'close', at: { event: 'session.updated' }, place: 'before' }];
    const { lines } = play({ faults }, text(manual));
    expect(lines.slice(-3)).toEqual(['fault-fired', 'dropped session.updated', 'close']);
  });

  test('a fault from outside for another connection does nothing, and says so', () => {
    const fault = { do: 'drop' as const, at: { event: 'session.updated' as const, connection: 7 } };
    const { operations, lines } = play({}, { kind: 'fault', fault }, text(manual));
    expect(skipsOf(operations)).toEqual(['it names connection 7, and this is connection 1']);
    expect(lines.at(-1)).toBe('forwarded session.updated');
  });
});

describe('at messages of a sequence that are no events', () => {
  const odd = ['{ this is no JSON', '[1, 2]', '"text"', 'null', '5', ''];
  const kinds = FAULT_KIND_NAMES.filter((name) => faultKind(name).strikes.includes('server'));

  test.each(kinds.map((name) => [name]))('%s strikes or says why not', (name) => {
    for (const message of odd) {
      const { optional, ...example } = faultKind(name).example;
      const fault = { ...example, at: { event: '*' } } as unknown as Fault;
      const { lines } = play({ verbatim: [{ text: message }], faults: [fault] });
      expect(lines).toContainEqual(expect.stringMatching(/^fault-(fired|skipped)$/));
    }
  });

  /** An address and these keys make a fault that needs fields of the message. */
  const needing = [
    { do: 'cross-response' },
    { do: 'join-messages' },
    { do: 'mutate', edits: [{ path: 'a', change: 'set', value: 1 }] },
    { do: 'reuse-id', path: 'item_id', of: 'first' },
    { do: 'split-audio' },
    { do: 'split-text' },
    { do: 'pad', toBytes: 1_000 },
    { do: 'duplicate', freshEventId: true },
  ];

  test.each(needing)('$do does nothing, says so, and lets the message pass', (keys) => {
    for (const message of odd) {
      const fault = { ...keys, at: { event: '*' } } as unknown as Fault;
      const { operations, lines } = play({ verbatim: [{ text: message }], faults: [fault] });
      expect(skipsOf(operations)).toHaveLength(1);
      expect(lines).toEqual(['fault-skipped', `forwarded ${message}`]);
    }
  });

  test('a placeholder for a field of the message stays as it is written', () => {
    const events = [{ event_id: 'e', type: '${event.type}' }];
    for (const message of odd) {
      const fault: Fault = { do: 'inject', at: { event: '*' }, events };
      const { lines } = play({ verbatim: [{ text: message }], faults: [fault] });
      expect(lines).toEqual(['fault-fired', `forwarded ${message}`, 'invented ${event.type}']);
    }
  });
});

describe('bounds', () => {
  test('a strike that would say more than there is room for is skipped before anything is made', () => {
    const events = [{ type: 'x', filling: 'y'.repeat(100_000) }];
    const faults: Fault[] = [{ do: 'inject', at: { event: 'session.created' }, events, times: 10_000 }];
    const { operations, lines } = play({ faults });
    expect(skipsOf(operations)[0]).toMatch(/^it would say \d+ characters at once/);
    expect(lines.at(-1)).toBe('forwarded session.created');
  });

  test('a placeholder for something large counts as what it stands for', () => {
    const verbatim: Scenario['verbatim'] = [{ send: { type: 'x', filling: 'y'.repeat(100_000) } }];
    const events = [{ type: 'x', copy: '${event.filling}' }];
    const faults: Fault[] = [{ do: 'inject', at: { event: '*' }, events, times: 10_000 }];
    const { operations, lines } = play({ verbatim, faults });
    expect(skipsOf(operations)[0]).toMatch(/^it would say 100\d{7} characters at once/);
    expect(lines.at(-1)).toBe('forwarded x');
  });

  test('the strikes of one input share the room, the next input has its own', () => {
    const events = [{ type: 'x', filling: 'y'.repeat(LIMITS.inventedChars / 2) }];
    const faults: Fault[] = [{ do: 'inject', at: { event: '*', nth: 'every' }, events, place: 'before' }];
    const verbatim: Scenario['verbatim'] = [
      { send: { type: 'x.one' } },
      { send: { type: 'x.two' } },
      { wait: 'anything' },
      { send: { type: 'x.three' } },
    ];
    const { lines } = play({ faults, verbatim }, text(commit));
    expect(lines.filter((line) => line !== 'fault-fired')).toEqual([
      'invented x',
      'forwarded x.one',
      'fault-skipped',
      'forwarded x.two',
      'invented x',
      'forwarded x.three',
    ]);
  });

  test('what waits to trickle has an end', () => {
    const crossing = (words: string): Fault => ({
      do: 'cross-response',
      at: { event: '*', nth: 'every' },
      text: words,
    });
    const faults = [crossing('a '.repeat(5_000))];
    const steps = Array.from({ length: 50 }, () => ({ send: { type: 'x.one' } }));
    const { state, operations } = play({ faults, verbatim: steps });
    expect(state.faults.trickle.length).toBeLessThanOrEqual(LIMITS.trickledMessages);
    expect(skipsOf(operations)).not.toEqual([]);
    expect(() => prepareScenario({ faults: [crossing('a'.repeat(20_000))] })).toThrow(
      /it has more than 10000 characters. Try a shorter text/,
    );
  });
});
