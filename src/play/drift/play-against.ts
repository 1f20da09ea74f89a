/**
 * Plays the client's side of a recording to a server and reports how its answers differ from the recorded ones. Must
 * never print or keep the key, and must send what was recorded, right or wrong.
 */
import { realtimeUrl } from '../../client/index.js';
import { SoundstageError } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import { findPlaceholders, modelOf, type RecordedEntry, type Recording } from '../../recordings/index.js';
import { type DriftFinding, driftFindings, endFindings, type SeenEnd } from './drift-findings.js';
import { EventWaits } from './event-waits.js';
import { LiveIds } from './live-ids.js';
import { LiveSession } from './live-session.js';
import { SeenEvents } from './seen-events.js';

export interface PlayAgainstOptions {
  /** Where the server is; the recorded model is added unless the URL names one. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** More headers of the upgrade request; one named like ours wins. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What to send in place of placeholders of the redaction, by placeholder. */
  readonly fill?: Readonly<Record<string, string>> | undefined;
  /** `immediate`: as soon as what a message answers has come. `recorded`: not before the recorded time either. */
  readonly timing?: 'immediate' | 'recorded' | undefined;
  /** Wall milliseconds to wait for an event that may never come. Default `LIMITS.driftPatienceMs`. */
  readonly patienceMs?: number | undefined;
}

export interface DriftReport {
  /** The server, without query and user. */
  readonly url: string;
  /** Whether nothing breaking was found. */
  readonly ok: boolean;
  readonly findings: readonly DriftFinding[];
  /** Findings beyond `LIMITS.driftFindings`. */
  readonly unlisted: number;
  /** What could not be played as it was recorded. */
  readonly notes: readonly string[];
  readonly recordedEvents: number;
  readonly liveEvents: number;
}

/**
 * @throws SoundstageError `E_DRIFT_PLACEHOLDER` when something that must be sent was taken out of the recording,
 *   `E_CONNECT_FAILED`, `E_CONNECT_REFUSED` when the server refuses an upgrade that was recorded as accepted,
 *   `E_DRIFT_SIZE` for a session of too many events, `E_INVALID_URL`
 */
export async function playAgainst(recording: Recording, options: PlayAgainstOptions): Promise<DriftReport> {
  const { target, status } = lookThrough(recording, options.fill ?? {});
  const url = urlOf(options.url, modelOf(target) ?? recording.manifest.model);
  const shownUrl = withoutSecrets(url);
  const live = await LiveSession.open({ url, shownUrl, headers: headersOf(options) });
  if (typeof live === 'number') return refused(shownUrl, live, status);
  try {
    const player = new Player(recording, live, options);
    await player.play();
    const handshake = status === 101 ? [] : [handshakeFinding(101, status)];
    return player.report(shownUrl, handshake);
  } finally {
    live.drop();
  }
}

/** The whole recording once before anything is sent: what cannot be sent is said first. */
function lookThrough(
  recording: Recording,
  fill: Readonly<Record<string, string>>,
): { target: string; status: number } {
  let [target, status] = ['', 101];
  const missing = new Set<string>();
  for (const entry of recording.entries()) {
    if (entry.kind === 'upgrade') target = entry.target;
    if (entry.kind === 'answer') status = entry.status;
    if (entry.kind !== 'text' || entry.from !== 'client') continue;
    for (const part of entry.parts) {
      if (typeof part !== 'string') continue;
      for (const { placeholder } of findPlaceholders(part))
        if (!Object.hasOwn(fill, placeholder)) missing.add(placeholder);
    }
  }
  if (missing.size === 0) return { target, status };
  const [first] = missing;
  throw new SoundstageError(
    'E_DRIFT_PLACEHOLDER',
    `Cannot play ${recording.name}: the client's messages hold ${[...missing].join(', ')}, which stand for what was taken out. Try --fill '${first}'=NAME with an environment variable that holds what to send.`,
    { details: { placeholders: [...missing] } },
  );
}

function urlOf(base: string, model: string | null): string {
  const hasModel = /[?&]model=/.test(base);
  return hasModel || model === null ? realtimeUrl(base, modelOf(base) ?? '') : realtimeUrl(base, model);
}

function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function headersOf({ apiKey, headers = {} }: PlayAgainstOptions): Record<string, string> {
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  const key: Record<string, string> =
    apiKey === undefined || apiKey === '' || hasOwn ? {} : { Authorization: `Bearer ${apiKey}` };
  return { ...key, 'User-Agent': 'soundstage', ...headers };
}

function refused(url: string, status: number, recordedStatus: number): DriftReport {
  if (recordedStatus === 101) {
    throw new SoundstageError(
      'E_CONNECT_REFUSED',
      `Cannot connect to ${url}: the server answered HTTP ${status}. Try another key, model or URL.`,
      { details: { url, status } },
    );
  }
  const findings = status === recordedStatus ? [] : [handshakeFinding(status, recordedStatus)];
  const rest = { unlisted: 0, notes: [], recordedEvents: 0, liveEvents: 0 };
  return { url, ok: findings.length === 0, findings, ...rest };
}

function handshakeFinding(status: number, recordedStatus: number): DriftFinding {
  const words = `The server answers the upgrade with HTTP ${status}; it answered ${recordedStatus}.`;
  return { grade: 'breaking', kind: 'handshake', words };
}

class Player {
  readonly #recording: Recording;
  readonly #live: LiveSession;
  readonly #options: PlayAgainstOptions;
  readonly #recorded = new SeenEvents();
  readonly #waits: EventWaits;
  readonly #ids: LiveIds;
  readonly #notes = new Set<string>();
  #recordedEnd: SeenEnd = { by: 'nobody', code: undefined };
  #lastMs: number | undefined;

  constructor(recording: Recording, live: LiveSession, options: PlayAgainstOptions) {
    this.#recording = recording;
    this.#live = live;
    this.#options = options;
    this.#ids = new LiveIds(this.#recorded, live.seen);
    const patienceMs = options.patienceMs ?? LIMITS.driftPatienceMs;
    const rateHz = recording.lane('client')?.rateHz ?? 16_000;
    this.#waits = new EventWaits(this.#recorded, live, { patienceMs, rateHz });
  }

  async play(): Promise<void> {
    for (const entry of this.#recording.entries()) {
      if (entry.from === 'server') this.#hear(entry);
      else if (this.#live.isOpen) await this.#say(entry);
    }
    await this.#waits.forAll();
    if (this.#recordedEnd.by === 'server') await this.#waits.forEnd();
    this.#live.close(1000, '');
    await this.#waits.forEnd();
  }

  report(url: string, handshake: readonly DriftFinding[]): DriftReport {
    const all = [
      ...handshake,
      ...driftFindings(this.#recorded, this.#live.seen),
      ...endFindings(this.#recordedEnd, this.#live.end),
    ];
    return {
      url,
      ok: all.every(({ grade }) => grade !== 'breaking'),
      findings: all.slice(0, LIMITS.driftFindings),
      unlisted: Math.max(0, all.length - LIMITS.driftFindings),
      notes: [...this.#notes],
      recordedEvents: this.#recorded.events.length,
      liveEvents: this.#live.seen.events.length,
    };
  }

  #hear(entry: RecordedEntry): void {
    if (entry.kind === 'text') {
      // Without the sound: only keys and types count.
      this.#recorded.take(entry.parts.map((part) => (typeof part === 'string' ? part : '')).join(''));
    } else if (entry.kind === 'binary') this.#recorded.take('');
    else if (entry.kind === 'close' && this.#recordedEnd.by === 'nobody')
      this.#recordedEnd = { by: 'server', code: entry.code };
    else if (entry.kind === 'withheld')
      this.#notes.add('Events of the recorded server were withheld; they cannot be compared.');
  }

  async #say(entry: RecordedEntry): Promise<void> {
    if (entry.kind === 'upgrade') return;
    const audio =
      entry.kind === 'text'
        ? entry.parts.find((part) => typeof part !== 'string' && part.kind === 'pcm')
        : undefined;
    if (typeof audio === 'object' && audio.kind === 'pcm') await this.#waits.forAudio(audio.lengthSamples);
    else await this.#waits.forAll();
    if (this.#options.timing === 'recorded') await this.#pause(entry.atMs);
    this.#send(entry);
  }

  #send(entry: RecordedEntry): void {
    switch (entry.kind) {
      case 'text':
        this.#live.send(this.#ids.translate(this.#filled(this.#recording.textOf(entry))), false);
        break;
      case 'binary':
      case 'invalid-text':
        this.#live.send(entry.payload, entry.kind === 'binary');
        break;
      case 'ping':
        this.#live.ping(entry.payload);
        break;
      case 'close':
        this.#recordedEnd = { by: 'client', code: entry.code };
        this.#live.close(entry.code, entry.reason);
        break;
      case 'end':
        this.#live.drop();
        break;
      case 'withheld':
      case 'bytes':
        this.#notes.add(`What the client sent as '${entry.kind}' cannot be played.`);
        break;
      default:
    }
  }

  #filled(text: string): string {
    const { fill } = this.#options;
    const places = fill === undefined ? [] : findPlaceholders(text);
    let filled = '';
    let from = 0;
    for (const { start, end, placeholder } of places) {
      filled += text.slice(from, start) + JSON.stringify(fill?.[placeholder] ?? placeholder).slice(1, -1);
      from = end;
    }
    return filled + text.slice(from);
  }

  /** As long as the client paused before this message. */
  async #pause(atMs: number): Promise<void> {
    const waitMs = atMs - (this.#lastMs ?? atMs);
    this.#lastMs = atMs;
    if (waitMs > 0) await this.#live.until(() => !this.#live.isOpen, waitMs);
  }
}
