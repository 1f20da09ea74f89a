/**
 * What a recording proxy can be told, and what is wrong with it when something is. Must never open anything.
 */
import { SoundstageError } from '../protocol/soundstage-error.js';
import type { PartSink, Provenance } from '../recordings/index.js';
import type { Redactor } from '../recordings/redaction/redactor.js';
import type { Environment } from './outgoing-proxy.js';
import type { DeclaredProvenance } from './provenance.js';
import { checkTemplate } from './recording-names.js';
import { readUpstream } from './request-target.js';

export const PROXY_MODES = ['record', 'passthrough', 'replay', 'record-on-miss'] as const;
/**
 * `record` and `passthrough` go to the upstream; `replay` never does; `record-on-miss` replays the recordings there are
 * and records the others.
 */
export type ProxyMode = (typeof PROXY_MODES)[number];

/** Plays recordings: a server for each. */
export interface ReplayBackend {
  /** Starts to serve a recording, for one connection. */
  open(recordingPath: string): Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** What became of one recording. */
export interface ProxyRecording {
  /** Its folder; empty when none could be made. */
  readonly path: string;
  /** The name the client gave by its path. */
  readonly name?: string;
  /** HTTP status of the answer to the upgrade request; 101 when it was accepted. */
  readonly status: number;
  readonly provenance: Provenance;
  /** Entries that were written. */
  readonly entries: number;
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly problem?: string;
}

export interface RecordingProxyOptions {
  /**
   * `wss://host` or `ws://host:port`. A path stands in place of `/api-ws/v1/realtime` at the end of the client's path;
   * query parameters are added unless the client names them. Not needed for `replay`.
   */
  readonly upstream?: string | undefined;
  /** The folder of the recordings. Not needed for `passthrough`. */
  readonly out?: string | undefined;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Port to listen on. Default 0, any free one. */
  readonly port?: number | undefined;
  /** Default `record`. */
  readonly mode?: ProxyMode | undefined;
  /** Text with `{time}`, `{model}`, `{name}`, `{n}`. Default `{name}` where the client gave one, else `{time}-{model}`. */
  readonly nameTemplate?: string | undefined;
  /** Whether a recording of the same name is replaced; otherwise the new one gets a number. Default false. */
  readonly force?: boolean | undefined;
  /** What an upstream is that does not say so itself. Default: undeclared. */
  readonly provenance?: DeclaredProvenance | undefined;
  /** PEM certificates to trust instead of the well-known ones. What they vouch for is never captured by itself. */
  readonly ca?: string | undefined;
  /** Serve `wss` with a certificate made for this run. Default false. */
  readonly tls?: boolean | undefined;
  /** Whether the upstream may be reached. Default true. */
  readonly dialOut?: boolean | undefined;
  /** What takes secrets out before they reach the disk, for each connection. Default: the named patterns and the
   * connection's own credentials. */
  readonly createRedactor?: (() => Redactor) | undefined;
  /** Whether that replaces voices by tones. Default false. */
  readonly speechRedacted?: boolean | undefined;
  /** Plays recordings; needed for `replay` and `record-on-miss`. */
  readonly replayBackend?: ReplayBackend | undefined;
  /** Told of each recording when it has ended. */
  readonly onRecording?: ((recording: ProxyRecording) => void) | undefined;
  /** Told what ended a recording early; the traffic goes on. */
  readonly onProblem?: ((problem: SoundstageError) => void) | undefined;
  /** Makes the place of a recording. Default: a folder. @throws `E_RECORDING_EXISTS` when there is one and no `force` */
  readonly createSink?: ((folder: string, options: { readonly force: boolean }) => PartSink) | undefined;
  /** Wall milliseconds the upstream may take to answer an upgrade request. Default `LIMITS.proxyAnswerMs`. */
  readonly answerTimeoutMs?: number | undefined;
  /** What the times in recordings are read from. Default: the machine's clocks. */
  readonly clock?: RecordingClock | undefined;
  /** Names the proxy for outgoing connections: HTTP_PROXY and kin. Default `process.env`. */
  readonly env?: Environment | undefined;
}

/** What a recording's times are read from. */
export interface RecordingClock {
  /** The time of day, asked when an upgrade request comes. */
  now(): Date;
  /** Milliseconds from an arbitrary origin, never going backwards; asked for each thing that is written. */
  nowMs(): number;
}

/** The machine's clocks. */
export const realRecordingClock: RecordingClock = { now: () => new Date(), nowMs: () => performance.now() };

/** The options, checked. */
export interface ProxyPlan {
  readonly mode: ProxyMode;
  /** Undefined when it is never reached. */
  readonly upstream: URL | undefined;
  readonly out: string;
  readonly mayDialOut: boolean;
}

/** @throws SoundstageError `E_OPTION`, `E_PROXY_CI` */
export function planProxy(options: RecordingProxyOptions): ProxyPlan {
  const { mode = 'record', nameTemplate, dialOut = true } = options;
  const upstream = options.upstream === undefined ? undefined : readUpstream(options.upstream);
  if (nameTemplate !== undefined) checkTemplate(nameTemplate);
  if (!dialOut && (mode === 'record' || mode === 'passthrough')) {
    throw new SoundstageError(
      'E_PROXY_CI',
      `Cannot ${mode === 'record' ? 'record' : 'pass traffic on'}: on a CI machine nothing goes out to a service. Try to unset CI, or --mode replay with recordings that you have.`,
    );
  }
  const needsReplay = mode === 'replay' || mode === 'record-on-miss';
  if (needsReplay && options.replayBackend === undefined)
    throw missing(mode, 'a replayBackend', 'giving one, or mode record');
  if (upstream === undefined && mode !== 'replay')
    throw missing(mode, 'an upstream', 'an upstream such as wss://host');
  if (options.out === undefined && mode !== 'passthrough')
    throw missing(mode, 'a folder of recordings', 'out, the path of a folder');
  return { mode, upstream, out: options.out ?? '', mayDialOut: dialOut };
}

function missing(mode: ProxyMode, what: string, hint: string): SoundstageError {
  return new SoundstageError(
    'E_OPTION',
    `Cannot start a proxy in mode ${mode}: it needs ${what}. Try ${hint}.`,
  );
}
