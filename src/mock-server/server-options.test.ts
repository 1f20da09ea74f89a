/**
 * Options are checked before anything listens, and every message says what to try instead.
 */
import { describe, expect, test } from 'vitest';
import { SoundstageError } from '../protocol/index.js';
import { createMockServer } from './mock-server.js';
import { checkOptions, type MockServerOptions } from './server-options.js';

function refusal(options: unknown): SoundstageError {
  try {
    checkOptions(options as MockServerOptions);
  } catch (error) {
    if (error instanceof SoundstageError) return error;
    throw error;
  }
  throw new Error('expected a SoundstageError');
}

test.each<[string, MockServerOptions]>([
  ['nothing', {}],
  [
    'everything in range',
    {
      seed: -7,
      clock: 'paced',
      paceFactor: 0.5,
      mediaGraceMs: 0.5,
      holdWatchdogMs: 1,
      idleCloseMs: 1,
      sessionDurationMs: Number.POSITIVE_INFINITY,
      maxConnections: 1,
      sessionLogBytes: 1,
      quirks: { minCommitMs: 100 },
      scenario: 'barge-in',
      scenarios: { 'barge-in': { clock: 'media', seed: 3, quirks: { unknownModel: 'close' } } },
    },
  ],
  ['a script of its own', { scenario: { replies: [{ text: 'Hello.' }] } }],
])('accepts %s', (_name, options) => {
  expect(() => checkOptions(options)).not.toThrow();
});

describe('E_OPTION', () => {
  test.each([
    [{ seed: 1.5 }, "Bad option 'seed': 1.5. Try a whole number such as 7."],
    [{ seed: 2 ** 53 }, "Bad option 'seed': 9007199254740992. Try a whole number such as 7."],
    [{ port: 65_536 }, "Bad option 'port': 65536. Try 0 for any free port, or one up to 65535."],
    [{ port: -1 }, "Bad option 'port': -1. Try 0 for any free port, or one up to 65535."],
    [{ clock: 'fast' }, "Bad option 'clock': fast. Try auto, media or paced."],
    [{ paceFactor: 0 }, "Bad option 'paceFactor': 0. Try a number above 0."],
    [{ mediaGraceMs: -1 }, "Bad option 'mediaGraceMs': -1. Try a number above 0."],
    [{ holdWatchdogMs: Number.NaN }, "Bad option 'holdWatchdogMs': NaN. Try a number above 0."],
    [{ maxConnections: 0 }, "Bad option 'maxConnections': 0. Try a number above 0."],
    [{ sessionLogBytes: 0 }, "Bad option 'sessionLogBytes': 0. Try a number above 0."],
    [{ idleCloseMs: 0 }, "Bad option 'idleCloseMs': 0. Try a number above 0."],
    [{ idleCloseMs: 0.5 }, "Bad option 'idleCloseMs': 0.5. Try a whole number of milliseconds."],
    [
      { scenarios: { 'Barge In': {} } },
      "Bad option 'scenarios': Barge In. Try a name of lower-case letters, digits and hyphens.",
    ],
    [
      { scenario: 'gardn', scenarios: { kitchen: {}, garden: {} } },
      "Bad option 'scenario': gardn. Try 'garden'.",
    ],
    [{ scenario: 'done-never-come' }, "Bad option 'scenario': done-never-come. Try 'done-never-comes'."],
    [{ scenario: 'toString', library: false }, "Bad option 'scenario': toString. Try giving it one."],
    [{ sessionDurationMs: 1.5 }, "Bad option 'sessionDurationMs': 1.5. Try a whole number of milliseconds."],
  ])('%j', (options, message) => {
    const error = refusal(options);
    expect([error.code, error.message]).toEqual(['E_OPTION', message]);
  });
});

test.each([
  ['E_QUIRK_UNKNOWN', { emitDoneOnCancle: true }],
  ['E_QUIRK_VALUE', { unknownModel: 'explode' }],
  ['E_QUIRK_VALUE', { minCommitMs: -1 }],
])('%s %j', (code, quirks) => {
  const error = refusal({ quirks });
  expect(error.code).toBe(code);
  expect(error.message).toContain(Object.keys(quirks)[0]);
  expect(error.message).toMatch(/ Try .+\.$/);
});

test.each([
  ['the default', { scenario: { clock: 'fast' } }],
  ['a named one', { scenarios: { a: { clock: 'fast' } } }],
  ['something else', { scenario: 5 }],
])('a scenario is checked before anything listens: %s', async (_name, options) => {
  await expect(createMockServer(options as MockServerOptions)).rejects.toMatchObject({ code: 'E_SCENARIO' });
});

test('a misspelt option is refused with the nearest name', () => {
  const options = { scenaros: {} } as MockServerOptions;
  expect(() => checkOptions(options)).toThrow(
    "Bad option 'scenaros': there is none of that name. Try 'scenarios'.",
  );
});
