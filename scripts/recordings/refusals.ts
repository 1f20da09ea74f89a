/**
 * Every refusal of the catalogue as a session that provokes it, and those of which there is no recording with the reason.
 * A session that survives its refusal goes on with a clean turn.
 */

import type { ErrorSlug } from '../../src/protocol/index.js';
import { findModel, LIMITS } from '../../src/protocol/index.js';
import type { DriveStep, Scenario } from '../../src/scenarios/index.js';
import { ERROR_TRIGGERS } from '../docs/error-triggers.js';
import type { Fixture, LeftOut } from './fixture.js';
import {
  ARREARS_KEY,
  callOutput,
  DENIED_KEY,
  GOOD_KEY,
  image,
  paddedPicture,
  picture,
  SMALL_PICTURE,
  say,
  send,
  silence,
  UNKNOWN_KEY,
  update,
  WEATHER_TOOL,
} from './material.js';

const FLASH3 = 'qwen3-omni-flash-realtime';
const OMNI35_PLUS = 'qwen3.5-omni-plus-realtime';
const OMNI35_FLASH = 'qwen3.5-omni-flash-realtime';
const OMNI38 = 'qwen3.8-omni-flash-realtime';

/** Written turns, which the client asks for: the least that a session can say. */
const PLAIN = { modalities: ['text'], turn_detection: null } as const;
const QUESTION = 'Is anybody there?';
const LISTEN_ERROR: DriveStep = { listen: 'error' };
const LISTEN_CLOSE: DriveStep = { listen: 'close' };
const ANSWER = { text: 'A simulated answer.' } as const;

/** The player puts the last call's id in its place. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is for the player, not for here.
const LAST_CALL = '${last.call_id}';

interface RefusalCase {
  readonly slug: ErrorSlug;
  /** Behind the slug in the name, for a second recording of a row. */
  readonly variant?: string;
  /** What provokes it, where that is not what the catalogue's table says. */
  readonly shows?: string;
  /** Default FLASH3. */
  readonly model?: string;
  /** How the session is configured first. Default `PLAIN`; null: not at all. */
  readonly session?: Readonly<Record<string, unknown>> | null;
  /** What the client does then. */
  readonly steps?: readonly DriveStep[];
  readonly scenario?: Scenario;
  /** Whether a clean turn follows. Default true; a session that has ended has none. */
  readonly probes?: boolean;
  readonly more?: Partial<Pick<Fixture, 'apiKey' | 'keys' | 'advanceMs' | 'plain'>>;
}

/** One event that is refused. */
function refused(slug: ErrorSlug, event: DriveStep, more: Omit<RefusalCase, 'slug'> = {}): RefusalCase {
  return { slug, steps: [event, LISTEN_ERROR], ...more };
}

/** One `session.update` that is refused. */
function refusedUpdate(slug: ErrorSlug, session: object, more: Omit<RefusalCase, 'slug'> = {}): RefusalCase {
  return refused(slug, send('session.update', { session }), more);
}

/** What only a script brings about: a written question, and the refusal in place of the answer. */
function scripted(slug: ErrorSlug): RefusalCase {
  return refused(slug, { ask: QUESTION }, { scenario: { replies: [{ refusal: slug }, ANSWER] } });
}

/** The same for one that ends the session. */
function scriptedEnd(slug: ErrorSlug): RefusalCase {
  return { ...scripted(slug), steps: [{ ask: QUESTION }, LISTEN_CLOSE], probes: false };
}

/** The upgrade, or the first moment after it, is refused. */
function atOnce(slug: ErrorSlug, more: Omit<RefusalCase, 'slug'> = {}): RefusalCase {
  return { slug, session: null, steps: [LISTEN_CLOSE], probes: false, ...more };
}

const CASES: readonly RefusalCase[] = [
  refusedUpdate('bad-modalities', { modalities: ['audio'] }),
  refusedUpdate('bad-enum-value', { turn_detection: { type: 'smart_turn' } }),
  refused('unknown-event-type', send('totally.invalid.event')),
  refused('image-before-audio', image(SMALL_PICTURE)),
  refused('commit-empty-buffer', send('input_audio_buffer.commit')),
  refused('cancel-without-response', send('response.cancel')),
  {
    slug: 'response-already-active',
    scenario: {
      holds: [{ after: { event: 'response.text.delta' }, until: { event: 'response.create' } }],
    },
    steps: [
      { ask: QUESTION },
      { listen: 'response.text.delta' },
      send('response.create'),
      LISTEN_ERROR,
      { listen: 'response.done' },
    ],
  },
  {
    slug: 'create-while-speaking',
    session: { modalities: ['text'], turn_detection: { type: 'server_vad', silence_duration_ms: 300 } },
    steps: [
      say(700),
      { listen: 'input_audio_buffer.speech_started' },
      send('response.create'),
      LISTEN_ERROR,
      silence(600),
      { listen: 'response.done' },
    ],
  },
  refused('nothing-to-answer', send('response.create')),
  refused('unknown-call-id', callOutput('call_nobody', 'x'), { model: OMNI35_PLUS }),
  {
    slug: 'duplicate-call-output',
    model: OMNI38,
    session: { ...PLAIN, tools: [WEATHER_TOOL] },
    scenario: {
      replies: [{ toolCalls: [{ name: 'get_weather', arguments: { city: 'Hangzhou' } }] }, ANSWER],
    },
    steps: [
      { ask: 'What is the weather like?' },
      { listen: 'response.done' },
      callOutput(LAST_CALL, 'sunny'),
      callOutput(LAST_CALL, 'rainy'),
      LISTEN_ERROR,
    ],
  },
  {
    slug: 'semantic-vad-rejected',
    model: OMNI35_PLUS,
    session: { modalities: ['text'], turn_detection: { type: 'semantic_vad' } },
    scenario: { userTurns: [{ rejected: 'error' }] },
    steps: [{ speak: { ms: 700, silenceMs: 1_200 } }, LISTEN_ERROR, ...update(PLAIN)],
  },
  refusedUpdate('voice-unsupported', { voice: 'Tina' }),
  {
    slug: 'voice-unsupported-closing',
    model: OMNI35_FLASH,
    steps: [send('session.update', { session: { voice: 'Cherry' } }), LISTEN_ERROR, LISTEN_CLOSE],
    probes: false,
  },
  {
    slug: 'voice-unsupported-deferred',
    model: OMNI38,
    session: { turn_detection: null, voice: 'Cherry' },
    steps: [{ ask: QUESTION }, LISTEN_ERROR, ...update({ ...PLAIN, voice: 'Serena' })],
  },
  {
    slug: 'voice-frozen',
    session: { turn_detection: null },
    scenario: { replies: [{ text: 'Yes.' }, ANSWER] },
    steps: [
      { ask: QUESTION },
      { listen: 'response.done' },
      send('session.update', { session: { voice: 'Ethan' } }),
      LISTEN_ERROR,
      ...update({ modalities: ['text'] }),
    ],
  },
  {
    slug: 'commit-in-vad',
    model: OMNI35_FLASH,
    session: { modalities: ['text'] },
    steps: [silence(300), send('input_audio_buffer.commit'), LISTEN_ERROR],
  },
  {
    slug: 'commit-in-vad-closing',
    model: OMNI35_FLASH,
    session: { modalities: ['text'] },
    scenario: { quirks: { closeOnVadCommit: true } },
    steps: [silence(300), send('input_audio_buffer.commit'), LISTEN_ERROR, LISTEN_CLOSE],
    probes: false,
  },
  scripted('model-failure'),
  scripted('model-timeout'),
  {
    slug: 'idle-timeout',
    session: null,
    steps: [LISTEN_ERROR, LISTEN_CLOSE],
    probes: false,
    more: { advanceMs: LIMITS.idleCloseMs },
  },
  scripted('quota-allocation'),
  scripted('quota-rate'),
  atOnce('auth-as-event', {
    scenario: { quirks: { keyErrorsAsEvents: true } },
    more: { apiKey: UNKNOWN_KEY },
  }),
  atOnce('invalid-key', { more: { apiKey: UNKNOWN_KEY }, shows: 'an unknown key' }),
  atOnce('invalid-key', { variant: 'missing', shows: 'no key at all', more: { plain: { headers: {} } } }),
  atOnce('access-denied', { more: { apiKey: DENIED_KEY, keys: { denied: [DENIED_KEY] } } }),
  atOnce('model-not-found', { model: 'qwen-no-such-model-realtime', shows: 'an unknown model' }),
  atOnce('model-not-found', {
    variant: 'http',
    model: 'qwen-no-such-model-realtime',
    scenario: { quirks: { unknownModel: 'http-400' } },
    shows: 'the same with the quirk `unknownModel=http-400`',
  }),
  atOnce('arrears', { more: { apiKey: ARREARS_KEY, keys: { arrears: [ARREARS_KEY] } } }),
  scriptedEnd('free-tier-exhausted'),
  scripted('session-already-started'),
  scripted('content-inspection'),
  refusedUpdate('out-of-range', { turn_detection: { type: 'server_vad', threshold: 1.5 } }),
  refusedUpdate('tools-and-search', { tools: [WEATHER_TOOL], enable_search: true }, { model: OMNI35_PLUS }),
  {
    slug: 'format-frozen',
    model: OMNI35_FLASH,
    steps: [
      say(200),
      send('session.update', {
        session: { audio: { input: { format: { type: 'pcm', sample_rate: 24_000 } } } },
      }),
      LISTEN_ERROR,
    ],
  },
  {
    slug: 'image-too-large',
    model: OMNI35_FLASH,
    steps: [say(200), image(paddedPicture('scene-grey-160x120.jpg', 196_609)), LISTEN_ERROR],
  },
  {
    slug: 'image-not-jpeg',
    steps: [say(200), image('iVBORw0KGgoAAAANSUhEUg=='), LISTEN_ERROR],
  },
  {
    slug: 'image-broken',
    steps: [say(200), image(picture('scene-truncated-640x480.jpg')), LISTEN_ERROR],
  },
  {
    slug: 'transcription-failed',
    model: OMNI35_PLUS,
    scenario: { userTurns: [{ transcriptionFailed: true }] },
    steps: [
      say(400),
      send('input_audio_buffer.commit'),
      { listen: 'conversation.item.input_audio_transcription.failed' },
    ],
  },
  scriptedEnd('url-input-refused'),
  refused('invalid-json', { sendText: 'this is not JSON' }),
  refused('frame-not-object', { sendText: '42' }),
  refused('missing-parameter', { sendText: '{"event_id":"event_x"}' }),
  refused('wrong-type', { sendText: '{"type":5}' }),
  {
    slug: 'binary-frame',
    session: null,
    probes: false,
    more: {
      plain: {
        headers: { authorization: `Bearer ${GOOD_KEY}` },
        binary: [new TextEncoder().encode('{"type":"input_audio_buffer.commit"}')],
      },
    },
  },
  refused('bad-response-modalities', send('response.create', { response: { modalities: ['audio'] } })),
  refused('session-finish-refused', send('session.finish'), {
    model: OMNI35_FLASH,
    scenario: { quirks: { refuseSessionFinish: true } },
  }),
  {
    slug: 'image-dimensions',
    model: OMNI38,
    steps: [say(200), image(picture('scene-2000x1200.jpg')), LISTEN_ERROR],
  },
  {
    slug: 'session-duration',
    session: null,
    steps: [LISTEN_CLOSE],
    probes: false,
    scenario: { idleCloseMs: Number.POSITIVE_INFINITY },
    more: { advanceMs: LIMITS.sessionDurationMs },
  },
  atOnce('sibling-model', { model: 'qwen3-asr-flash-realtime' }),
  refused('invalid-base64', send('input_audio_buffer.append', { audio: 'this is not base64!' })),
];

/** Rows that are too big for git. */
export const LEFT_OUT: readonly LeftOut[] = [
  { slug: 'append-too-long', why: 'its one message of audio has 15 MiB' },
  { slug: 'frame-too-large', why: 'its one frame has 32 MiB' },
];

/** Every refusal that is recorded, in the order of the catalogue. */
export const REFUSAL_FIXTURES: readonly Fixture[] = CASES.map(fixtureOf);

function fixtureOf(refusal: RefusalCase): Fixture {
  const { slug, variant, model = FLASH3, session = PLAIN, steps = [], scenario, probes = true } = refusal;
  const found = findModel(model);
  const begins = session === null ? [] : update(session);
  return {
    name: `refusals/${slug}${variant === undefined ? '' : `-${variant}`}`,
    shows: `\`${slug}\`: ${refusal.shows ?? ERROR_TRIGGERS[slug]}.`,
    family: found.kind === 'omni' ? found.family.id : undefined,
    model,
    refusal: slug,
    scenario: { replies: [ANSWER], ...scenario, probe: probes, drive: [...begins, ...steps] },
    holds: probes ? ['session.created', 'response.done'] : [],
    ...refusal.more,
  };
}
