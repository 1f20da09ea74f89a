/**
 * A transport that sends one message at a time: the next one goes when the server has read the last one and the client has
 * everything the server said to it. Two sides that do not wait for each other leave another order of messages in every
 * recording; these do. Must never change a message.
 */
import type { ServerSession } from '../../src/index.js';
import type { ClientSocket, ClientSocketFactory, ClientSocketHandlers } from '../../src/protocol/index.js';

/** An upgrade that was answered by something else than 101. */
export interface RefusedUpgrade {
  readonly status: number;
  readonly body: string;
}

/** What one end has said and heard, held against the log of the other. */
export class Lockstep {
  readonly #sessionOf: () => ServerSession | undefined;
  readonly #queue: (() => void)[] = [];
  #sent = 0;
  #heard = 0;
  #isOver = false;
  #isWatching = false;
  #refusal: RefusedUpgrade | undefined;

  /** @param sessionOf the server's side of this connection, once there is one */
  constructor(sessionOf: () => ServerSession | undefined) {
    this.#sessionOf = sessionOf;
  }

  /** How the upgrade was refused. */
  get refusal(): RefusedUpgrade | undefined {
    return this.#refusal;
  }

  /** There will be no connection. */
  refused(status: number, body: string): void {
    this.#refusal = { status, body };
    this.over();
  }

  /** Does it when everything before has been answered. */
  whenSettled(act: () => void): void {
    this.#queue.push(act);
    this.#pump();
  }

  /** The same for a message. */
  say(send: () => void): void {
    this.whenSettled(() => {
      this.#sent += 1;
      send();
    });
  }

  /** A message of the server has come, and the client has dealt with it. */
  heard(): void {
    this.#heard += 1;
    this.#pump();
  }

  /** The connection is gone: what waits will not be sent. */
  over(): void {
    this.#isOver = true;
    this.#queue.length = 0;
  }

  #pump(): void {
    while (!this.#isOver && this.#queue.length > 0 && this.#isSettled()) this.#queue.shift()?.();
  }

  #isSettled(): boolean {
    const session = this.#sessionOf();
    if (session === undefined) return false;
    this.#watch(session);
    let [read, said] = [0, 0];
    for (const entry of session.entries) {
      if (entry.kind === 'client' || entry.kind === 'client-binary') read += 1;
      else if (entry.kind === 'server' && entry.text !== undefined) said += 1;
    }
    return read >= this.#sent && this.#heard >= said && this.#heard > 0;
  }

  /** A message that nothing answers has been dealt with a moment after it is in the log. */
  #watch(session: ServerSession): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    session.onEntry(() => setImmediate(() => this.#pump()));
  }
}

/** The transport of the reference client, in lockstep with the session. */
export function lockstepTransport(inner: ClientSocketFactory, step: Lockstep): ClientSocketFactory {
  return (request, handlers): ClientSocket => {
    const socket = inner(request, hearing(handlers, step));
    return {
      send: (text) => step.say(() => socket.send(text)),
      close: (code, reason) => step.whenSettled(() => socket.close(code, reason)),
      terminate: () => socket.terminate(),
      bufferedBytes: 0,
    };
  };
}

function hearing(handlers: ClientSocketHandlers, step: Lockstep): ClientSocketHandlers {
  return {
    onOpen: () => handlers.onOpen(),
    onText: (text) => {
      handlers.onText(text);
      step.heard();
    },
    onBinary: (sizeBytes) => {
      handlers.onBinary(sizeBytes);
      step.heard();
    },
    onRefused: (status, body) => {
      step.refused(status, body);
      handlers.onRefused(status, body);
    },
    onClose: (code, reason) => {
      step.over();
      handlers.onClose(code, reason);
    },
    onError: (error) => handlers.onError(error),
  };
}
