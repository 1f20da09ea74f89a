/**
 * Sessions at the point where a test begins: asked something, or in the middle of an answer.
 */
import type { Hold, Scenario } from '../../src/scenarios/index.js';
import { create, MODEL_OF, manual, userText } from './client-messages.js';
import { ofType } from './seen-responses.js';
import { SessionDriver } from './session-driver.js';

/** A manual session whose conversation has something to answer. */
export function asked(scenario: Scenario = {}, model = MODEL_OF.omni35): SessionDriver {
  const session = new SessionDriver({ model, scenario });
  session.send(manual);
  session.send(userText('Hello?'));
  return session;
}

/** The answer stops after its second audio delta until the client sends an event. */
export function heldUntil(event: Hold['until']['event'], more: Scenario = {}): Scenario {
  return { ...more, holds: [{ after: { event: 'response.audio.delta', nth: 2 }, until: { event } }] };
}

/** A session whose first answer is held between two deltas, and that answer so far. */
export function answering(model: string, until: Hold['until']['event'], more: Scenario = {}) {
  const session = asked(heldUntil(until, more), model);
  const begun = session.send(create);
  if (ofType(begun, 'response.audio.delta').length !== 2) throw new Error('the answer was not held');
  return { session, begun };
}
