/**
 * A session that has been asked something and waits for `response.create`.
 */
import type { Scenario } from '../../src/scenarios/index.js';
import { MODEL_OF, manual, userText } from './client-messages.js';
import { SessionDriver } from './session-driver.js';

/** A manual session whose conversation has something to answer. */
export function asked(scenario: Scenario = {}, model = MODEL_OF.omni35): SessionDriver {
  const session = new SessionDriver({ model, scenario });
  session.send(manual);
  session.send(userText('Hello?'));
  return session;
}
