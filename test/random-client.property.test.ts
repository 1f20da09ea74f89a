/**
 * Whatever a client does, the session keeps its laws. Random behaviour on the pure session, seed fixed and printed.
 */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { cancel, clear, commit, create, MODEL_OF, SPEECH, update } from './support/client-messages.js';
import { PROPERTY_RUNS, PROPERTY_SEED } from './support/property-seed.js';
import { act, randomClient, scenarios } from './support/random-client.js';
import { SessionDriver, typesOf } from './support/session-driver.js';
import { checkLaws } from './support/session-laws.js';

type Client = typeof randomClient extends fc.Arbitrary<infer Value> ? Value : never;

const SETTINGS = { seed: PROPERTY_SEED, numRuns: PROPERTY_RUNS };

function play({ model, clock, scenario, actions }: Client, cutBytes?: number): SessionDriver {
  const session = new SessionDriver({ model, clock, scenario });
  for (const action of actions) act(session, action, cutBytes);
  return session;
}

describe('a random client', () => {
  test.prop([randomClient], SETTINGS)('breaks no law of the protocol', (client) => {
    const session = play(client);
    checkLaws(session.events, {
      ownIds: client.scenario.quirks?.echoClientItemIds === true,
      silentCancel: !session.state.quirks.emitDoneOnCancel,
    });
  });

  test.prop([randomClient], SETTINGS)('played twice gets the same bytes', (client) => {
    const [once, again] = [play(client), play(client)];
    expect(JSON.stringify(again.events)).toBe(JSON.stringify(once.events));
    expect([again.close, again.notes]).toEqual([once.close, once.notes]);
  });

  test.prop([randomClient], SETTINGS)('that survives can have a clean turn', (client) => {
    const session = play({
      ...client,
      scenario: { ...client.scenario, holds: [], replies: [], userTurns: [] },
    });
    if (session.close !== undefined || session.state.phase !== 'open') return;
    if (!session.state.settings.voiceSupported || session.state.quirks.minCommitMs > 200) return;
    session.send(update({ turn_detection: null, modalities: ['text'] }));
    session.advance(60_000);
    session.send(cancel);
    session.send(clear);
    session.appendAudio(SPEECH);
    const turn = session.send(commit);
    session.advance(60_000);
    turn.push(...session.send(create), ...session.advance(60_000));
    expect(session.close).toBeUndefined();
    expect(typesOf(turn)).toContain('input_audio_buffer.committed');
    expect(typesOf(turn)).toContain('response.done');
  });
});

/** What the server says, ids of events left out, when the client's audio is cut in one way. */
function answersTo(client: Client, cutBytes: number): string {
  return JSON.stringify(play(client, cutBytes).events.map(({ event_id, ...event }) => event));
}

const speakers = fc.record({
  model: randomClient.map(({ model }) => model),
  clock: fc.constant('auto' as const),
  scenario: scenarios.map((scenario) => ({ ...scenario, holds: [] })),
  actions: randomClient.map(({ actions }) => actions.filter((action) => action.do !== 'advance')),
});

test.prop([speakers, fc.integer({ min: 331, max: 12_001 }), fc.integer({ min: 331, max: 12_001 })], SETTINGS)(
  'the cut of the audio changes nothing the server says',
  (client, oneCut, otherCut) => {
    expect(answersTo(client, oneCut)).toBe(answersTo(client, otherCut));
  },
);

test.prop([fc.integer({ min: 331, max: 12_001 })], { ...SETTINGS, numRuns: 20 })(
  'a rejected turn leaves the audio behind it whole, however it is cut',
  (cutBytes) => {
    const play = (cut: number) => {
      const scenario = { userTurns: [{ rejected: 'turn_invalid' as const }] };
      const session = new SessionDriver({ model: MODEL_OF.omni38, scenario });
      session.send(update({ turn_detection: { type: 'semantic_vad' } }));
      act(session, { do: 'speak', fromMs: -600, durationMs: 5000, cutBytes: cut });
      session.send(commit);
      act(session, { do: 'speak', fromMs: -600, durationMs: 5000, cutBytes: cut });
      return session.events;
    };
    expect(typesOf(play(cutBytes))).toEqual(typesOf(play(160_000)));
  },
);
