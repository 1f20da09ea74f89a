/**
 * Plays a scenario with the reference client: its half of the conversation step by step, then a clean turn. Every wait
 * is bounded in wall time; a step that cannot be carried out is recorded and the next one tried.
 */
import { countingEventIds, type OmniRealtimeConversation } from '../client/index.js';
import { synthesizeSpeech } from '../media/index.js';
import { LIMITS } from '../protocol/index.js';
import { type DriveStep, fill, type Scenario } from '../scenarios/index.js';
import { Heard } from './heard.js';

/** How the player reaches the server. */
export interface PlayOptions {
  readonly scenario: Scenario;
  /** Makes the conversation of one connection; `eventIds` makes transcripts repeatable. */
  readonly open: (settings: {
    readonly eventIds: () => string;
    readonly connectTimeoutMs: number;
  }) => OmniRealtimeConversation;
  /** Wall milliseconds to wait for an event that may never come. Default `LIMITS.playWaitMs`. */
  readonly waitMs?: number;
}

/** What became of one step. */
export interface PlayedStep {
  readonly step: DriveStep;
  readonly outcome: 'done' | 'not-seen' | 'not-sent' | 'not-connected';
  /** Why it is not done. */
  readonly why?: string;
}

/** One connection as the client saw it. */
export interface PlayedConnection {
  readonly heard: Heard;
  /** Why there was no session, where there was none. */
  readonly failure: string | undefined;
}

/** A scenario that was played. */
export interface PlayRecord {
  readonly connections: readonly PlayedConnection[];
  readonly steps: readonly PlayedStep[];
  /** Whether a clean turn completed at the end; absent where none was asked for. */
  readonly probe?: { readonly completed: boolean; readonly why: string };
}

/** What the client does where a scenario says nothing: one written question and its answer. */
const DEFAULT_DRIVE: readonly DriveStep[] = [{ ask: 'Hello.' }, { listen: 'response.done' }];
const PROBE_QUESTION = 'Are you still there?';
const MOST_CONNECTIONS = 8;
const SPEECH_RATE_HZ = 16_000;
const PACKET_SAMPLES = SPEECH_RATE_HZ / 10;
const SILENCE_MS = 1_500;
const SPOKEN = 'And then we went down to the river to see the boats come in. ';

/** Plays it to its end; the last connection is closed. */
export async function playScenario(options: PlayOptions): Promise<PlayRecord> {
  const player = new Player(options);
  try {
    return await player.play();
  } finally {
    await player.close();
  }
}

class Player {
  readonly #options: PlayOptions;
  readonly #waitMs: number;
  readonly #connections: { heard: Heard; failure: string | undefined }[] = [];
  readonly #steps: PlayedStep[] = [];
  #conversation: OmniRealtimeConversation | undefined;
  #hasProbed: PlayRecord['probe'];

  constructor(options: PlayOptions) {
    this.#options = options;
    this.#waitMs = options.waitMs ?? LIMITS.playWaitMs;
  }

  async play(): Promise<PlayRecord> {
    const { drive = DEFAULT_DRIVE, probe } = this.#options.scenario;
    await this.#connect();
    for (const step of drive) this.#steps.push({ step, ...(await this.#carryOut(step)) });
    if (probe === true && this.#hasProbed === undefined) this.#hasProbed = await this.#probe();
    const outcome = this.#hasProbed === undefined ? {} : { probe: this.#hasProbed };
    return { connections: this.#connections, steps: this.#steps, ...outcome };
  }

  async close(): Promise<void> {
    await this.#conversation?.close().catch(() => {});
  }

  get #heard(): Heard | undefined {
    return this.#connections.at(-1)?.heard;
  }

  get #isOpen(): boolean {
    return this.#conversation?.phase === 'open';
  }

  async #connect(): Promise<void> {
    await this.close();
    const conversation = this.#options.open({
      eventIds: countingEventIds(),
      connectTimeoutMs: this.#waitMs,
    });
    const connection = { heard: new Heard(conversation), failure: undefined as string | undefined };
    this.#conversation = conversation;
    this.#connections.push(connection);
    try {
      await conversation.connect();
    } catch (error) {
      connection.failure = error instanceof Error ? error.message : String(error);
    }
  }

  async #carryOut(step: DriveStep): Promise<Omit<PlayedStep, 'step'>> {
    try {
      if ('act' in step) return await this.#act(step.act);
      if ('listen' in step) return await this.#listen(step);
      if (!this.#isOpen) return { outcome: 'not-connected', why: 'there is no open connection' };
      this.#say(step);
      return { outcome: 'done' };
    } catch (error) {
      return { outcome: 'not-sent', why: error instanceof Error ? error.message : String(error) };
    }
  }

  async #act(act: Extract<DriveStep, { act: unknown }>['act']): Promise<Omit<PlayedStep, 'step'>> {
    if (act === 'probe') this.#hasProbed = await this.#probe();
    else if (act === 'close') await this.close();
    else await this.#connect();
    return { outcome: 'done' };
  }

  #say(step: Exclude<DriveStep, { act: unknown } | { listen: unknown }>): void {
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    if ('send' in step)
      conversation.sendRaw(fill(step.send, (name) => this.#lookUp(name)) as Record<string, unknown>);
    else if ('sendText' in step) conversation.sendRaw(step.sendText);
    else if ('speak' in step) speak(conversation, step.speak);
    else if ('ask' in step) this.#ask(step.ask);
    else this.#answerCalls(step.answerCalls);
  }

  #lookUp(name: string): unknown {
    return name.startsWith('last.') ? this.#heard?.lastId(name.slice('last.'.length)) : undefined;
  }

  #ask(text: string): void {
    const content = [{ type: 'input_text', text }];
    this.#conversation?.sendRaw({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content },
    });
    this.#conversation?.sendRaw({ type: 'response.create' });
  }

  #answerCalls(output: string): void {
    const calls = this.#heard?.openCalls ?? new Set<string>();
    for (const call_id of calls) {
      const item = { type: 'function_call_output', call_id, output };
      this.#conversation?.sendRaw({ type: 'conversation.item.create', item });
    }
    calls.clear();
  }

  async #listen(step: Extract<DriveStep, { listen: unknown }>): Promise<Omit<PlayedStep, 'step'>> {
    const heard = this.#heard;
    if (heard === undefined) return { outcome: 'not-connected' };
    const { listen } = step;
    if (listen === 'close') {
      const ended = await this.#until(() => heard.close !== undefined || !this.#isOpen);
      return ended ? { outcome: 'done' } : { outcome: 'not-seen', why: 'the connection is still open' };
    }
    const nth = step.nth ?? heard.nextUnheard(listen);
    const seen = await this.#until(() => heard.count(listen) >= nth || heard.close !== undefined);
    if (seen && heard.count(listen) >= nth) {
      heard.markHeard(listen, nth);
      return { outcome: 'done' };
    }
    const why =
      heard.close === undefined ? `nothing came for ${this.#waitMs} ms` : 'the connection ended first';
    return { outcome: 'not-seen', why };
  }

  /** A clean turn: a written question, and an answer that completes. */
  async #probe(): Promise<{ completed: boolean; why: string }> {
    for (let attempt = 0; attempt < MOST_CONNECTIONS; attempt += 1) {
      if (!this.#isOpen) await this.#connect();
      if (!this.#isOpen) continue;
      const outcome = await this.#probeOnce();
      if (outcome !== undefined) return outcome;
    }
    return { completed: false, why: `no connection in ${MOST_CONNECTIONS} attempts gave a clean turn` };
  }

  /** Undefined when the connection ended under it, so that another may be tried. */
  async #probeOnce(): Promise<{ completed: boolean; why: string } | undefined> {
    const heard = this.#heard;
    if (heard === undefined) return undefined;
    if (heard.isResponding) this.#conversation?.sendRaw({ type: 'response.cancel' });
    const from = heard.events.length;
    const finished = () =>
      heard.events.slice(from).find((event) => event.type === 'response.done' && isCompleted(event));
    this.#ask(PROBE_QUESTION);
    await this.#until(() => finished() !== undefined || heard.close !== undefined);
    if (finished() !== undefined) return { completed: true, why: 'a response completed' };
    if (heard.close !== undefined) return undefined;
    const seen = heard.events.slice(from).map(({ type }) => type);
    return {
      completed: false,
      why: `no response completed; seen: ${[...new Set(seen)].join(', ') || 'nothing'}`,
    };
  }

  /** True when it came about, false when it did not in time. */
  #until(isOver: () => boolean): Promise<boolean> {
    const heard = this.#heard;
    if (heard === undefined || isOver()) return Promise.resolve(isOver());
    return new Promise((resolve) => {
      const settle = (value: boolean) => {
        stop();
        clearTimeout(timer);
        resolve(value);
      };
      const stop = heard.onChange(() => {
        if (isOver()) settle(true);
      });
      const timer = setTimeout(() => settle(isOver()), this.#waitMs);
    });
  }
}

function isCompleted(event: Readonly<Record<string, unknown>>): boolean {
  return (event['response'] as { readonly status?: unknown } | undefined)?.status === 'completed';
}

/** Streams speech and the silence behind it in packets of 100 ms. */
function speak(
  conversation: OmniRealtimeConversation,
  { ms, silenceMs = SILENCE_MS }: { readonly ms: number; readonly silenceMs?: number | undefined },
): void {
  const wanted = (ms * SPEECH_RATE_HZ) / 1000;
  const repeats = Math.ceil(ms / 4_000) + 1;
  const speech = synthesizeSpeech(SPOKEN.repeat(repeats), { sampleRateHz: SPEECH_RATE_HZ }).samples;
  const samples = new Int16Array(wanted + (silenceMs * SPEECH_RATE_HZ) / 1000);
  samples.set(speech.subarray(0, wanted));
  for (let start = 0; start < samples.length; start += PACKET_SAMPLES) {
    conversation.appendAudio(samples.subarray(start, start + PACKET_SAMPLES));
  }
}
