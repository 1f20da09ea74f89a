/**
 * An attacked server: a hostile client and an innocent one beside it, whose transcript must be the same as without
 * the attack. Must be opened and closed by the test that uses it.
 */
import { expect } from 'vitest';
import { createMockServer, type MockServer } from '../../src/mock-server/index.js';
import { append, commit, create, MODEL_OF, SPEECH, update } from './client-messages.js';
import { errorsOf, response, shapeOf, TEXT_ITEM } from './seen-responses.js';
import { SocketClient } from './socket-client.js';

/** Settings that bring a session back to plain text turns. */
const PLAIN = update({ modalities: ['text'], turn_detection: null, tools: [] });

export class AttackedServer {
  readonly #server: MockServer;
  readonly #clients: SocketClient[] = [];
  /** What the innocent session hashes to when nobody attacks. */
  static #peaceful: string | undefined;

  private constructor(server: MockServer) {
    this.#server = server;
  }

  static async open(): Promise<AttackedServer> {
    const opened = new AttackedServer(await createMockServer({ scenarios: { plain: {} } }));
    if (AttackedServer.#peaceful !== undefined) return opened;
    await opened.cleanTurn(await opened.dial('innocent'));
    AttackedServer.#peaceful = opened.#hashOf('innocent');
    await opened.close();
    return AttackedServer.open();
  }

  async close(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.terminate();
    await this.#server.close();
  }

  /** A client of its own name, so that who connects first changes nothing. */
  async dial(name: string, model: string = MODEL_OF.omni38): Promise<SocketClient> {
    const client = new SocketClient(`${this.#server.urlFor({ scenario: 'plain', name })}?model=${model}`);
    this.#clients.push(client);
    await client.upTo('session.created');
    return client;
  }

  /** Audio, commit, create, and an answer in text from beginning to end. */
  async cleanTurn(client: SocketClient): Promise<void> {
    client.send(PLAIN);
    client.send({ type: 'input_audio_buffer.clear' });
    await client.upTo('input_audio_buffer.cleared');
    for (const event of [append(SPEECH), commit, create]) client.send(event);
    const turn = await client.upTo('response.done');
    expect(errorsOf(turn)).toEqual([]);
    expect(shapeOf(turn).slice(-response(TEXT_ITEM).length)).toEqual(response(TEXT_ITEM));
  }

  /** Lets an attack happen in the middle of an innocent session; gives the errors that answered it. */
  async attack(act: (attacker: SocketClient) => void, model?: string): Promise<unknown[]> {
    const innocent = await this.dial('innocent');
    const attacker = await this.dial('attacker', model);
    act(attacker);
    const answers = errorsOf(await attacker.answers());
    await this.expectUnharmed(innocent);
    await this.cleanTurn(attacker);
    return answers;
  }

  async expectUnharmed(innocent: SocketClient): Promise<void> {
    await this.cleanTurn(innocent);
    expect(this.#hashOf('innocent')).toBe(AttackedServer.#peaceful);
  }

  #hashOf(name: string): string {
    const session = this.#server.sessions.find(({ connectionKey }) => connectionKey === name);
    return session?.transcriptHash() ?? `no session ${name}`;
  }
}
