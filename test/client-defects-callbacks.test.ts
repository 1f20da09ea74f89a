/**
 * The defects that the official Python SDK is known to have around callbacks, ids and parsing, each by name, each shown
 * not to exist in the reference client.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { OmniRealtimeConversation } from '../src/client/index.js';
import type { SoundstageError } from '../src/protocol/index.js';
import { fakeServer, greet, manualClock } from './support/client-fakes.js';
import { closeServers, conversationWith, greeting, MODEL, serve } from './support/connected-conversation.js';

const FINISHED = { event_id: 'event_9', type: 'session.finished' };

afterEach(closeServers);

describe('Python SDK', () => {
  test('the callback throws on session.created: connect resolves, the id is set, the failure is reported', async () => {
    const errors: SoundstageError[] = [];
    const conversation = await conversationWith(
      greeting(() => {}),
      {
        callback: {
          onEvent: () => {
            throw new Error('my bug');
          },
          onError: (error) => void errors.push(error),
        },
      },
    );
    await conversation.connect();
    expect(conversation.sessionId).toBe('sess_1');
    expect(errors.map((error) => error.code)).toEqual(['E_CALLBACK_FAILED']);
    expect(errors[0]?.cause).toEqual(new Error('my bug'));
    await conversation.close();
  });

  test('the callback throws on session.finished: endSession resolves, the failure is kept', async () => {
    const conversation = await conversationWith(
      greeting((_event, answer) => answer(FINISHED)),
      {
        callback: {
          async onEvent(event) {
            if (event.type === 'session.finished') throw new Error('my bug');
          },
        },
        clock: manualClock(),
      },
    );
    await conversation.connect();
    await conversation.endSession();
    expect(conversation.lastCallbackError).toEqual(new Error('my bug'));
    await conversation.close();
  });

  test('endSession called and awaited inside onEvent: no deadlock', async () => {
    let ended: () => void = () => {};
    const whenEnded = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const conversation: OmniRealtimeConversation = await conversationWith(
      greeting((_event, answer) => answer(FINISHED)),
      {
        clock: manualClock(),
        callback: {
          async onEvent(event) {
            if (event.type !== 'session.created') return;
            await conversation.endSession();
            ended();
          },
        },
      },
    );
    await conversation.connect();
    await whenEnded;
    await conversation.close();
  });

  test('session.created right after the upgrade: onOpen always comes before the first event', async () => {
    const server = await serve(greeting(() => {}));
    for (let run = 0; run < 20; run += 1) {
      const order: string[] = [];
      const conversation = new OmniRealtimeConversation({
        model: MODEL,
        url: server.url,
        apiKey: 'sk-test',
        callback: { onOpen: () => void order.push('open'), onEvent: (event) => void order.push(event.type) },
      });
      await conversation.connect();
      expect(order).toEqual(['open', 'session.created']);
      await conversation.close();
    }
  });

  test('getSessionId inside the session.created callback is the id', async () => {
    const ids: unknown[] = [];
    const conversation: OmniRealtimeConversation = await conversationWith(
      greeting(() => {}),
      {
        callback: { onEvent: () => void ids.push(conversation.getSessionId()) },
      },
    );
    await conversation.connect();
    expect(ids).toEqual(['sess_1']);
    await conversation.close();
  });

  test('a text-only response has a first text delay, and no audio delay', async () => {
    const clock = manualClock();
    const server = fakeServer();
    const conversation = new OmniRealtimeConversation({
      model: MODEL,
      apiKey: 'sk-test',
      transport: server.transport,
      clock,
    });
    const connecting = conversation.connect();
    greet(server.connection);
    await connecting;
    server.connection.says({ type: 'response.created', response: { id: 'resp_1' } });
    clock.advance(300);
    server.connection.says({ type: 'response.text.delta', response_id: 'resp_1', delta: 'Hi' });
    clock.advance(50);
    server.connection.says({ type: 'response.text.delta', response_id: 'resp_1', delta: ' there' });
    expect(conversation.getLastFirstTextDelay()).toBe(300);
    expect(conversation.getLastFirstAudioDelay()).toBeNull();
    expect(conversation.getLastResponseId()).toBe('resp_1');
  });

  test('frames that are no events: reported, survived, and the next event arrives', async () => {
    const frames = [
      'not json',
      '',
      '{"type":',
      '[]',
      '"text"',
      'null',
      '42',
      '{"event_id":"event_2"}',
      '{"type":null}',
      '{"__proto__":{"type":"session.finished"}}',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    ];
    const errors: SoundstageError[] = [];
    const seen: string[] = [];
    const conversation = await conversationWith(
      greeting((_event, answer) =>
        answer(
          ...frames,
          { type: 'response.created', response: null },
          { type: '__proto__' },
          { type: 'constructor' },
          { type: 'rate_limits.updated' },
          { type: 'response.audio.delta', delta: 7 },
          { type: 'error', error: 'a plain string' },
          { type: 'error' },
          FINISHED,
        ),
      ),
      {
        callback: {
          onError: (error) => void errors.push(error),
          onEvent: (event) => void seen.push(event.type),
        },
      },
    );
    await conversation.connect();
    await conversation.endSession();
    const codes = errors.map((error) => error.code);
    expect(codes.filter((code) => code === 'E_BAD_FRAME')).toHaveLength(frames.length + 1);
    expect(codes.filter((code) => code === 'E_SERVER_ERROR')).toHaveLength(2);
    expect(errors.at(-2)?.message).toContain('a plain string');
    expect(seen).toEqual([
      'session.created',
      'response.created',
      '__proto__',
      'constructor',
      'rate_limits.updated',
      'response.audio.delta',
      'error',
      'error',
      'session.finished',
    ]);
    expect(conversation.lastResponseId).toBeNull();
    await conversation.close();
  });
});
