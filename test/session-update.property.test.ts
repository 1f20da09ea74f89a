/**
 * `session.update` against a model written from the table of section 7 and not from the validator: which row
 * fails first, that a refusal changes nothing, what a merge keeps, what freezes.
 */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  applySessionUpdate,
  ERROR_CATALOGUE,
  echoSession,
  initialSettings,
  type Quirks,
  resolveQuirks,
  SERVER_EVENT_SCHEMAS,
  type SessionSettings,
  type UpdateContext,
} from '../src/protocol/index.js';
import { PROPERTY_RUNS, PROPERTY_SEED } from './support/property-seed.js';
import {
  buildUpdate,
  contexts,
  singleAssignments,
  updateSequences,
  updates,
} from './support/session-update-arbitraries.js';
import {
  type Family,
  GOOD_VOICES,
  type ModelContext,
  type ModelState,
  modelStart,
  modelUpdate,
} from './support/session-update-model.js';

const MODEL: Record<Family, string> = {
  turbo: 'qwen-omni-turbo-realtime',
  flash3: 'qwen3-omni-flash-realtime',
  omni35: 'qwen3.5-omni-plus-realtime',
  omni38: 'qwen3.8-omni-flash-realtime',
};
const FAMILIES = Object.keys(MODEL) as Family[];
const FRESH: ModelContext = { inputStarted: false, audioProduced: false, responseActive: false };
const RUNS = { seed: PROPERTY_SEED, numRuns: PROPERTY_RUNS };

function start(family: Family, overrides: Partial<Quirks> = {}) {
  const quirks = resolveQuirks(family, overrides);
  return { quirks, settings: deepFreeze(initialSettings(MODEL[family], quirks)) };
}

/** Frozen inputs turn any write into a thrown TypeError. */
function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

/** The settings in the words of the model. */
function asModelState(settings: SessionSettings): ModelState {
  const { modalities, voice, instructions, input, output, transcription, turnDetection } = settings;
  const { tools, toolChoice, sampling, enableSearch, representationCompact, explicit } = settings;
  return {
    ...{
      modalities,
      voice,
      instructions,
      input,
      output,
      transcription,
      turnDetection: turnDetection && { ...turnDetection },
    },
    ...{ tools, toolChoice, sampling: { ...sampling }, enableSearch, representationCompact },
    voiceByAudioOutput: explicit.outputVoice !== undefined,
  };
}

/** Applies one update to both and compares; returns what is in force afterwards. */
function compare(
  family: Family,
  settings: SessionSettings,
  state: ModelState,
  update: unknown,
  context: UpdateContext,
) {
  const before = structuredClone(settings);
  const result = applySessionUpdate(settings, deepFreeze(update), context);
  const expected = modelUpdate(family, state, update, context);
  if (Array.isArray(expected)) {
    const seen = result.ok ? 'accepted' : [result.refusal.id, result.refusal.error.param];
    expect(seen).toEqual([...expected]);
    expect(settings).toEqual(before);
    return { settings, state };
  }
  expect(result.ok ? 'accepted' : result.refusal).toBe('accepted');
  if (!result.ok) return { settings, state };
  expect(asModelState(result.settings)).toEqual(expected);
  return { settings: deepFreeze(result.settings), state: expected as ModelState };
}

describe.each(FAMILIES)('%s', (family) => {
  test('every boundary value of every parameter, one at a time', () => {
    const { quirks, settings } = start(family);
    for (const assignment of singleAssignments(family)) {
      for (const inputStarted of [false, true]) {
        const context = { ...FRESH, inputStarted, audioProduced: inputStarted, quirks };
        compare(family, settings, modelStart(family), buildUpdate([assignment]), context);
      }
    }
  });

  property.prop([updateSequences(family)], { ...RUNS, numRuns: PROPERTY_RUNS * 3 })(
    'a sequence of parameter sets',
    (steps) => {
      const { quirks, settings } = start(family);
      let current = { settings, state: modelStart(family) };
      for (const [update, context] of steps) {
        current = compare(family, current.settings, current.state, update, { ...context, quirks });
      }
    },
  );

  property.prop([updates(family), contexts], RUNS)(
    'what is echoed has exactly the keys of the schema',
    (update, context) => {
      const { quirks, settings } = start(family);
      const result = applySessionUpdate(settings, update, { ...context, quirks });
      const session = echoSession(result.ok ? result.settings : settings, 'sess_1', quirks, 'updated');
      const event = { event_id: 'event_1', type: 'session.updated', session };
      const sent = JSON.parse(JSON.stringify(event));
      expect(SERVER_EVENT_SCHEMAS['session.updated'].safeParse(sent).error).toBeUndefined();
    },
  );

  property.prop([updates(family), contexts], RUNS)(
    'the same update twice changes nothing the second time',
    (update, context) => {
      const { quirks, settings } = start(family);
      const once = applySessionUpdate(settings, update, { ...context, quirks });
      if (!once.ok) return;
      const later = { inputStarted: true, audioProduced: true, responseActive: false, quirks };
      expect(applySessionUpdate(once.settings, update, later)).toEqual(once);
    },
  );

  property.prop([fc.constantFrom(...GOOD_VOICES[family]), fc.constantFrom(...GOOD_VOICES[family])], RUNS)(
    'the voice freezes with the first audio, and resending it is no change',
    (first, second) => {
      const { quirks, settings } = start(family);
      const chosen = applySessionUpdate(settings, { voice: first }, { ...FRESH, quirks });
      if (!chosen.ok) throw new Error(`refused ${first}`);
      const later = applySessionUpdate(
        chosen.settings,
        { voice: second },
        { ...FRESH, audioProduced: true, quirks },
      );
      expect(later.ok ? 'accepted' : later.refusal.slug).toBe(first === second ? 'accepted' : 'voice-frozen');
    },
  );

  property.prop([updates(family)], RUNS)('clamped numbers are ones that would be accepted', (update) => {
    const clamping = start(family, { outOfRange: 'clamp' });
    const result = applySessionUpdate(clamping.settings, update, { ...FRESH, quirks: clamping.quirks });
    if (!result.ok) return;
    const { quirks, settings } = start(family);
    const { sampling, turnDetection, input } = result.settings;
    const format = { type: input.container, sample_rate: input.sampleRateHz, channels: input.channels };
    const resent = { ...sampling, turn_detection: turnDetection, audio: { input: { format } } };
    expect(applySessionUpdate(settings, resent, { ...FRESH, quirks }).ok).toBe(true);
  });

  property.prop([updates(family)], RUNS)(
    'an ignored number leaves the rest of the update in force',
    (update) => {
      const { quirks, settings } = start(family, { outOfRange: 'ignore' });
      const context = { ...FRESH, quirks };
      const alone = applySessionUpdate(settings, update, context);
      const withBadSeed = applySessionUpdate(settings, { ...update, seed: -2 }, context);
      const withoutSeed = applySessionUpdate(settings, { ...update, seed: undefined }, context);
      expect(withBadSeed.ok).toBe(withoutSeed.ok);
      if (alone.ok && withBadSeed.ok) expect(withBadSeed.settings.sampling.seed).toBe(-1);
    },
  );
});

/** Any JSON, with keys that the validator reads and keys that JavaScript treats specially. */
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'voice',
  'turn_detection',
  'type',
  'audio',
  'input',
  'format',
];
const hostileJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, 0, -0, 1e308, 'server_vad', '__proto__', '', '\ud800'),
    fc.double(),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(
          fc.oneof(fc.constantFrom(...KEYS, 'tools', 'modalities', 'video'), fc.string()),
          tie('value'),
        ),
        {
          maxLength: 6,
        },
      )
      .map((entries) => ownKeys(entries as [string, unknown][])),
  ),
})).value;

/** As JSON.parse does it: `__proto__` becomes an own key. */
function ownKeys(entries: [string, unknown][]): object {
  const object = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

const SLUGS = new Set<string>(ERROR_CATALOGUE.map(({ slug }) => slug));

property.prop([fc.constantFrom(...FAMILIES), hostileJson, contexts], { ...RUNS, numRuns: PROPERTY_RUNS * 5 })(
  'no JSON value makes it throw, and every refusal is in the catalogue',
  (family, update, context) => {
    const { quirks, settings } = start(family);
    const result = applySessionUpdate(settings, update, { ...context, quirks });
    if (!result.ok) expect(SLUGS).toContain(result.refusal.slug);
  },
);

test('keys that are inherited do not count', () => {
  const { quirks, settings } = start('omni35');
  const update = Object.create({ voice: 'Nobody', turn_detection: null });
  expect(applySessionUpdate(settings, update, { ...FRESH, quirks })).toEqual({ ok: true, settings });
});

test('nesting a hundred thousand deep is refused or ignored, never a crash', () => {
  const { quirks, settings } = start('omni38');
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  for (const key of ['modalities', 'voice', 'audio', 'turn_detection', 'tools', 'tool_choice', 'video']) {
    expect(() => applySessionUpdate(settings, { [key]: deep }, { ...FRESH, quirks })).not.toThrow();
  }
});
