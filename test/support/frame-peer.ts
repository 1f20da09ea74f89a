/**
 * A peer on a bare TCP socket that asks the server for one written answer and keeps every frame it gets. Must never
 * repair anything, and never outlive its test.
 */
import { type Frame, FrameReader, OPCODES } from '../../src/protocol/websocket-frames.js';
import { clientFrame, RawPeer } from './raw-peer.js';

const TEXT = 0x81;
const END_OF_ANSWERS = 'end of answers';

export class FramePeer {
  readonly raw: RawPeer;
  readonly #url: string;

  /** @param url of the server with the scenario in its path */
  constructor(url: string) {
    this.#url = url;
    this.raw = new RawPeer(url);
  }

  /** Upgrades; everything that came so far stays. */
  async open(): Promise<this> {
    const { pathname } = new URL(this.#url);
    await this.raw.upgrade(`${pathname}?model=qwen3.5-omni-flash-realtime`);
    return this;
  }

  send(event: Readonly<Record<string, unknown>>): void {
    this.raw.write(clientFrame(TEXT, JSON.stringify(event)));
  }

  ping(payload: string): void {
    this.raw.write(clientFrame(0x89, payload));
  }

  /** Asks for a written answer; its frames come when they come. */
  ask(): void {
    this.send({ type: 'session.update', session: { modalities: ['text'], turn_detection: null } });
    const content = [{ type: 'input_text', text: 'Hello?' }];
    this.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    this.send({ type: 'response.create' });
  }

  /** Every whole frame so far. */
  get frames(): readonly Frame[] {
    return new FrameReader().push(this.raw.received);
  }

  /** Texts of whole, unfragmented text frames so far. */
  get texts(): readonly string[] {
    return this.frames.filter(({ opcode, fin }) => opcode === OPCODES.text && fin).map(textOf);
  }

  /** The types of these. */
  get types(): readonly string[] {
    return this.texts.map((text) => /"type":"([^"]*)"/.exec(text)?.[1] ?? text);
  }

  /** Resolves when everything that the messages before caused has arrived: the answer to a last one is known. */
  async untilAnswered(): Promise<void> {
    this.send({ type: 'conversation.item.delete', item_id: END_OF_ANSWERS });
    while (!this.raw.receivedText.includes(END_OF_ANSWERS)) await this.#more();
  }

  /** Resolves when a text has been received. */
  async untilText(text: string): Promise<void> {
    while (!this.raw.receivedText.includes(text)) await this.#more();
  }

  /** Resolves with the server's CLOSE frame, which it does not answer, or with the end of the connection. */
  async untilOver(): Promise<void> {
    const isOver = () =>
      this.raw.saw.list.includes('close') || this.frames.some(({ opcode }) => opcode === OPCODES.close);
    while (!isOver()) await Promise.race([this.#more(), this.raw.saw.until('close')]);
  }

  async #more(): Promise<void> {
    const seen = this.raw.saw.list.filter((happening) => happening === 'data').length;
    await this.raw.saw.untilCount('data', seen + 1);
  }
}

/** The payload of a frame as text. */
export function textOf({ payload }: Frame): string {
  return Buffer.from(payload).toString('utf8');
}
