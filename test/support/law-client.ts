/**
 * A client for faulty servers: asks two written questions with spoken answers and leaves, whatever it gets. Must never
 * wait without an end.
 */
import { WebSocket } from 'ws';

/** Wall milliseconds without any message after which the client goes on; long enough for a loaded machine. */
const QUIET_MS = 400;

export class LawClient {
  readonly #socket: WebSocket;
  readonly #types: string[] = [];
  #sessionId: string | undefined;
  #wake: () => void = () => {};
  #isOver = false;

  constructor(url: string) {
    this.#socket = new WebSocket(`${url}?model=qwen3.5-omni-flash-realtime`, {
      headers: { Authorization: 'Bearer sk-law' },
      maxPayload: 128 * 1024 * 1024,
      perMessageDeflate: false,
    });
    this.#socket.on('message', (data) => {
      const text = String(data);
      this.#types.push(/"type":"([^"]*)"/.exec(text)?.[1] ?? '');
      if (this.#types.at(-1) === 'session.created') this.#sessionId = /"id":"(sess_[^"]*)"/.exec(text)?.[1];
      this.#wake();
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** Both questions; resolves with the session's id, where it was told, when the socket is gone. */
  async converse(): Promise<string | undefined> {
    await this.#until((types) => types.includes('session.created'));
    this.#send({ event_id: 'law-update', type: 'session.update', session: { turn_detection: null } });
    await this.#until((types) => types.includes('session.updated'));
    for (const [index, question] of ['First?', 'Second?'].entries()) {
      const content = [{ type: 'input_text', text: question }];
      this.#send({
        event_id: `law-item-${index}`,
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content },
      });
      this.#send({ event_id: `law-create-${index}`, type: 'response.create' });
      await this.#until((types) => types.filter((type) => type === 'response.done').length > index);
    }
    this.#socket.terminate();
    await this.#until(() => false);
    return this.#sessionId;
  }

  #send(event: Readonly<Record<string, unknown>>): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(event));
  }

  /** Until the condition holds, the socket is gone, or nothing has come for a while. */
  #until(isDone: (types: readonly string[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const look = () => {
        clearTimeout(timer);
        if (this.#isOver || isDone(this.#types)) resolve();
        else timer = setTimeout(resolve, QUIET_MS);
      };
      this.#wake = look;
      look();
    });
  }
}
