/**
 * Programs of a client and their recordings, made in one process from the log of the stand-in's session. Must never judge
 * what came of them.
 */
import type { MockServer, ServerSession } from '../../src/index.js';
import { MemoryParts, recordLog } from '../../src/recordings/index.js';
import {
  commit,
  create,
  functionTool,
  manual,
  SPEECH,
  toolOutput,
  update,
  userText,
} from './client-messages.js';
import { Talk } from './talk.js';

/** A client's half of a session. */
export type Program = (talk: Talk) => Promise<void>;

/** Runs a program to its end and gives the session as the server saw it. */
export async function runProgram(
  server: MockServer,
  program: Program,
): Promise<{ session: ServerSession; talk: Talk }> {
  const talk = await Talk.open(server, 'memory');
  // A program whose connection is closed under it has seen all there is.
  await Promise.race([program(talk), talk.saw.until('close')]);
  await talk.conversation.close();
  const session = await server.nextSession();
  await session.closed;
  return { session, talk };
}

/** The recording of a session, in memory. */
export function recordedParts({ entries, model }: ServerSession): MemoryParts {
  const sink = new MemoryParts('a-recording.rec');
  recordLog({ entries, sink, model, by: 'soundstage test' });
  return sink;
}

export const speaks: Program = async (talk) => {
  talk.send(manual);
  await talk.saw.until('session.updated');
  talk.speak(SPEECH);
  talk.send(commit, create);
  await talk.saw.until('response.done');
};

export const callsTools: Program = async (talk) => {
  talk.send(update({ turn_detection: null, modalities: ['text'], tools: [functionTool('get_time')] }));
  await talk.saw.until('session.updated');
  talk.send(userText('What time is it?'), create);
  await talk.saw.until('response.done');
  const call = talk.events.find(({ type }) => type === 'response.function_call_arguments.done');
  talk.send(toolOutput((call as { call_id?: string }).call_id, 'nine'), create);
  await talk.saw.untilCount('response.done', 2);
};
