/**
 * What a session's log says of its end: when it came, and what a script waited for in vain.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions } from '../src/index.js';
import { Talk } from './support/talk.js';

let server: MockServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function talkTo(
  options: MockServerOptions,
): Promise<{ talk: Talk; session: MockServer['sessions'][number] }> {
  server = await createMockServer({ listen: false, ...options });
  const talk = await Talk.open(server, 'memory');
  const [session] = server.sessions;
  if (session === undefined) throw new Error('the server has no session');
  return { talk, session };
}

describe('the end of a session in its log', () => {
  test('a limit that falls inside an append ends the session at the limit, not at the end of the append', async () => {
    const { talk, session } = await talkTo({ sessionDurationMs: 3_050 });
    for (let packet = 0; packet < 20; packet += 1) talk.conversation.appendAudio(new Int16Array(3_200));
    await session.closed;
    expect(session.entries.at(-1)).toMatchObject({ kind: 'close', atMs: 3_050, code: 1000, by: 'server' });
  });

  test('a hold that never began is remarked on', async () => {
    const hold = { after: { event: 'response.audio.delta' }, until: { event: 'response.cancel' } } as const;
    const { talk, session } = await talkTo({ scenario: { holds: [hold] } });
    await talk.conversation.close();
    await session.closed;
    expect(session.entries.filter((entry) => entry.kind === 'note')).toEqual([
      {
        kind: 'note',
        atMs: 0,
        code: 'hold-unreached',
        details: { hold: 0, lane: 'response', after: 'response.audio.delta', until: 'response.cancel' },
      },
    ]);
  });
});
