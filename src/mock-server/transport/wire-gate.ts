/**
 * The stream between a socket and `ws`: carries out what `ws` does not do by itself (answering nothing, half-open
 * links, throttled reading) and costs next to nothing while nobody asks for it. Must never decide policy, and must
 * never reach into `ws`: it sees its bytes only.
 */

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type Frame, FrameReader, frameBytes, joinBytes, OPCODES } from '../../protocol/websocket-frames.js';
import type { Impairment } from '../../scenarios/index.js';
import { PacedQueue } from './paced-queue.js';
import { SocketWriter, type SocketWriterOptions, type Taken } from './socket-writer.js';

const EMPTY = new Uint8Array(0);

export class WireGate extends Duplex {
  /** Everything that goes to the client, of our own making or of `ws`. */
  readonly writer: SocketWriter;
  readonly #socket: Socket;
  readonly #options: SocketWriterOptions;
  readonly #fromLibrary = new FrameReader();
  #isUpgraded = false;
  #dropsPongs = false;
  #ignoresClose = false;
  /** The close frame of `ws` is one that we asked for. */
  #closesItself = false;
  /** Nothing that becomes of the socket is noticed here, save that we drop it. */
  #isCableOut = false;
  /** The socket stays as it is, whatever becomes of this stream. */
  #isHeld = false;
  #isSocketPaused = false;
  #isSocketGone = false;
  #isReleased = false;
  /** `ws` wants no more for now. */
  #isFull = false;
  /** What was read and waits for its turn. */
  #toServer: PacedQueue | undefined;

  constructor(socket: Socket, options: SocketWriterOptions) {
    super();
    this.#socket = socket;
    this.#options = options;
    this.writer = new SocketWriter(socket, options);
    socket.setTimeout(0);
    socket.setNoDelay();
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.once('close', this.#onSocketClose);
    this.on('error', ignoreError);
  }

  /** From here on `ws` writes frames, no longer the answer to the upgrade. */
  beginFrames(): void {
    this.#isUpgraded = true;
  }

  /** Lets the next close frame of `ws` pass as one of our own: it is no answer. */
  expectOwnClose(): void {
    this.#closesItself = true;
  }

  /** Ends our half of the socket after everything sent so far. */
  endSocket(): void {
    if (this.#isHeld) this.destroy();
    else this.writer.end();
  }

  /** Resets the connection once everything sent so far was taken. */
  resetSocket(): void {
    if (this.#isHeld) this.destroy();
    else this.writer.reset();
  }

  /** Drops the socket, held or not. */
  release(): void {
    this.#isReleased = true;
    this.#socket.destroy();
    if (this.#isSocketGone) this.destroy();
  }

  /** `stop-reading` is the connection's affair: it pauses `ws`, and with it this stream. */
  impair(impairment: Impairment): void {
    const { kind } = impairment;
    if (kind === 'mute') this.writer.mute();
    else if (kind === 'no-pong') this.#dropsPongs = true;
    else if (kind === 'ignore-close') this.#ignoresClose = true;
    else if (kind === 'half-open') this.#pullCable();
    else if (kind === 'throttle' && impairment.bytesPerSecond > 0) {
      const { bytesPerSecond, direction = 'both' } = impairment;
      if (direction !== 'to-server') this.writer.throttle(bytesPerSecond);
      if (direction !== 'to-client') this.#throttleReading(bytesPerSecond);
    }
  }

  #throttleReading(bytesPerSecond: number): void {
    this.#toServer?.setRate(bytesPerSecond);
    this.#toServer ??= new PacedQueue(bytesPerSecond, this.#options.clock);
  }

  #pullCable(): void {
    this.#isCableOut = true;
    this.#hold();
    this.#socket.pause();
    this.writer.cut();
  }

  /** Leaves the socket to the peer: what it sends is dropped, and our half ends when the peer's does. */
  #leaveOpen(): void {
    if (this.#isHeld) return;
    this.#hold();
    const socket = this.#socket;
    if (socket.readableEnded) socket.end();
    else socket.once('end', () => socket.end()).resume();
  }

  #hold(): void {
    this.#isHeld = true;
    this.#socket.off('data', this.#onData);
    this.#socket.off('end', this.#onEnd);
    this.#toServer?.discard();
  }

  override _read(): void {
    this.#isFull = false;
    if (this.#isSocketPaused) this.#resumeSocket();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: Taken): void {
    this.#takeFromLibrary(chunk);
    // At once, so that nothing waits here that frames of our own could overtake.
    callback();
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], callback: Taken): void {
    this.#takeFromLibrary(joinBytes(chunks.map(({ chunk }) => chunk)));
    callback();
  }

  override _final(callback: Taken): void {
    if (this.#isHeld) callback();
    else this.writer.end(callback);
  }

  override _destroy(error: Error | null, callback: Taken): void {
    if (this.#isHeld || this.#isSocketGone) {
      callback(error);
      return;
    }
    this.#socket.once('close', () => callback(error));
    this.#socket.destroy();
  }

  #takeFromLibrary(bytes: Uint8Array): void {
    if (!this.#isUpgraded) this.writer.send(bytes);
    else for (const frame of this.#fromLibrary.push(bytes)) this.#passControlFrame(frame);
  }

  /** A pong or a close frame: `ws` sends nothing else. */
  #passControlFrame(frame: Frame): void {
    if (frame.opcode === OPCODES.pong && this.#dropsPongs) return;
    const isAnswer = frame.opcode === OPCODES.close && !this.#closesItself && !this.writer.isFinished;
    if (!isAnswer || !(this.writer.isMuted || this.#ignoresClose)) {
      this.writer.send(frameBytes(frame));
      return;
    }
    this.#leaveOpen();
    // To `ws` the connection is over.
    process.nextTick(() => this.destroy());
  }

  readonly #onData = (chunk: Uint8Array): void => {
    if (this.#toServer !== undefined) {
      this.#pauseSocket();
      this.#toServer.push(chunk, (slice, isLast) => {
        this.#isFull = !this.push(slice);
        if (isLast) this.#resumeSocket();
      });
    } else if (!this.push(chunk)) {
      this.#isFull = true;
      this.#pauseSocket();
    }
  };

  #pauseSocket(): void {
    this.#isSocketPaused = true;
    this.#socket.pause();
  }

  #resumeSocket(): void {
    if (this.#isFull || this.#isHeld || (this.#toServer?.bufferedBytes ?? 0) > 0) return;
    this.#isSocketPaused = false;
    this.#socket.resume();
  }

  readonly #onEnd = (): void => {
    if (this.#toServer === undefined) this.push(null);
    else this.#toServer.push(EMPTY, () => this.push(null));
  };

  readonly #onSocketClose = (): void => {
    this.#isSocketGone = true;
    this.#toServer?.discard();
    if (this.#isCableOut && !this.#isReleased) return;
    // What had arrived before a drop and was not yet wanted.
    const rest: unknown = this.#isHeld || this.destroyed ? null : this.#socket.read();
    if (rest instanceof Uint8Array) this.push(rest);
    this.destroy();
  };
}

function ignoreError(): void {}
