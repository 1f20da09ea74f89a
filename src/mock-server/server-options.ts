/**
 * What a mock server is made with, and the checks of it. Wrong options throw before anything listens.
 */
import { nearestName, type Quirks, resolveQuirks, SoundstageError } from '../protocol/index.js';
import { libraryNames } from '../scenarios/files/index.js';
import type { ClockPolicy, Scenario } from '../scenarios/index.js';
import type { ApiKeyConfig } from './handshake-key.js';
import type { RecordingOption } from './recording-choice.js';
import type { ServerSession } from './server-session.js';
import type { TlsOption } from './tls.js';
import type { UpgradeRecord } from './upgrade-record.js';
import type { WallClock } from './wall-clock.js';

/** Options of `createMockServer`; all have defaults. */
export interface MockServerOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Port to listen on; 0, the default, takes any free one. */
  readonly port?: number;
  /** False: open no port; only the in-memory transport reaches the server. Default true. */
  readonly listen?: boolean;
  /** `true` for a generated certificate, or a certificate and key in PEM. Default: plain `ws`. */
  readonly tls?: TlsOption;
  /** Decides ids and generated content. A safe integer. Default 1. */
  readonly seed?: number;
  /** How virtual time moves. Default `auto`. */
  readonly clock?: ClockPolicy;
  /** Virtual milliseconds per wall millisecond on a `paced` clock. More than 0. Default 1. */
  readonly paceFactor?: number;
  /** Wall milliseconds without audio after which a `media` clock runs by itself. Default 500. */
  readonly mediaGraceMs?: number;
  /** Wall milliseconds a hold may wait. Default 30 000. */
  readonly holdWatchdogMs?: number;
  /** Behaviour switches for every session; a scenario's own win. */
  readonly quirks?: Partial<Quirks>;
  /** API keys by what they get. Default: any non-empty key is good. */
  readonly keys?: ApiKeyConfig;
  /** What a client gets that names no scenario: a script, or the name of one in `scenarios` or of the library. */
  readonly scenario?: Scenario | string;
  /** Scenarios a client can choose by name: `[a-z0-9-]+`. */
  readonly scenarios?: Readonly<Record<string, Scenario>>;
  /**
   * What a client gets that chooses nothing: a recording to replay, a folder of `soundstage record` or a zip file. Not
   * together with `scenario`.
   */
  readonly recording?: RecordingOption;
  /** Recordings a client can choose by name, like scenarios: `[a-z0-9-]+`. */
  readonly recordings?: Readonly<Record<string, RecordingOption>>;
  /** Whether clients can choose scenarios of the library by name as well. Default true. */
  readonly library?: boolean;
  /** Virtual milliseconds without a response before the service closes. Default 300 000. */
  readonly idleCloseMs?: number;
  /** Virtual milliseconds a session may last. Default 7 200 000. */
  readonly sessionDurationMs?: number;
  /** Connections open at once; more are refused with HTTP 503. */
  readonly maxConnections?: number;
  /** Whether the server can be steered over HTTP, on its own port below `/__soundstage/`. Default true. */
  readonly controlApi?: boolean;
  /** What requests to the control API carry as `Authorization: Bearer <token>`. Needed where `host` is not loopback. */
  readonly controlToken?: string;
  /** Bytes one session's log may keep in memory. */
  readonly sessionLogBytes?: number;
  /** Called with each session when it begins. */
  readonly onSession?: (session: ServerSession) => void;
  /** Called with each upgrade request when it is decided, also with those that the handshake refuses. */
  readonly onUpgrade?: (upgrade: UpgradeRecord) => void;
  /** Real time. Default: the machine's. */
  readonly wallClock?: WallClock;
}

const MAX_PORT = 65_535;
const CONTROL_TOKEN = /^[\x21-\x7e]{1,1024}$/;
const CLOCKS: readonly unknown[] = ['auto', 'media', 'paced'];
const SCENARIO_NAME = /^[a-z0-9-]+$/;

/**
 * Checks the options that types cannot. Scenarios are checked when they are prepared; here, only their names.
 *
 * @throws SoundstageError `E_OPTION` for a bad value, `E_QUIRK_UNKNOWN` or `E_QUIRK_VALUE` for a bad quirk
 */
export function checkOptions(options: MockServerOptions): void {
  checkNames(options);
  const { port } = options;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= MAX_PORT))
    fail('port', port, `0 for any free port, or one up to ${MAX_PORT}`);
  checkSessionDefaults(options);
  checkControl(options);
  checkPositive('paceFactor', options.paceFactor);
  checkPositive('mediaGraceMs', options.mediaGraceMs);
  checkPositive('holdWatchdogMs', options.holdWatchdogMs);
  checkPositive('maxConnections', options.maxConnections);
  checkPositive('sessionLogBytes', options.sessionLogBytes);
  for (const name of Object.keys({ ...options.scenarios, ...options.recordings })) checkScenarioName(name);
  if (options.recording !== undefined && options.scenario !== undefined)
    fail(
      'scenario',
      options.scenario,
      'leaving it out: `recording` says what clients get that choose nothing',
    );
  const { scenario } = options;
  if (typeof scenario !== 'string') return;
  const names = [
    ...Object.keys({ ...options.scenarios, ...options.recordings }),
    ...(options.library === false ? [] : libraryNames()),
  ];
  if (names.includes(scenario)) return;
  fail('scenario', scenario, names.length === 0 ? 'giving it one' : `'${nearestName(scenario, names)}'`);
}

/** @throws SoundstageError `E_OPTION` for a name that no URL could hold as it is */
export function checkScenarioName(name: string): void {
  if (!SCENARIO_NAME.test(name)) fail('scenarios', name, 'a name of lower-case letters, digits and hyphens');
}

/** Every option there is; a row that is missing or too many does not compile. */
const OPTION_NAMES: Readonly<Record<keyof MockServerOptions, true>> = {
  host: true,
  port: true,
  listen: true,
  tls: true,
  seed: true,
  clock: true,
  paceFactor: true,
  mediaGraceMs: true,
  holdWatchdogMs: true,
  quirks: true,
  keys: true,
  scenario: true,
  scenarios: true,
  recording: true,
  recordings: true,
  library: true,
  idleCloseMs: true,
  sessionDurationMs: true,
  maxConnections: true,
  controlApi: true,
  controlToken: true,
  sessionLogBytes: true,
  onSession: true,
  onUpgrade: true,
  wallClock: true,
};

/** A misspelt option would be ignored, and the test that sets it would test nothing. */
function checkNames(options: MockServerOptions): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(OPTION_NAMES, name)) continue;
    const nearest = nearestName(name, Object.keys(OPTION_NAMES));
    throw new SoundstageError(
      'E_OPTION',
      `Bad option '${name}': there is none of that name. Try '${nearest}'.`,
      {
        details: { name, nearest },
      },
    );
  }
}

/** A token that no header can carry would lock everybody out. */
function checkControl({ controlApi, controlToken }: MockServerOptions): void {
  if (controlApi !== undefined && typeof controlApi !== 'boolean')
    fail('controlApi', controlApi, 'true or false');
  if (controlToken === undefined) return;
  if (typeof controlToken === 'string' && CONTROL_TOKEN.test(controlToken)) return;
  // The token itself stays out of messages.
  throw new SoundstageError(
    'E_OPTION',
    "Bad option 'controlToken': it is not made of 1 to 1024 visible ASCII characters without spaces. Try one such as s3cret-7.",
    { details: { name: 'controlToken' } },
  );
}

/** What sessions get unless their scenario says otherwise. */
function checkSessionDefaults(options: MockServerOptions): void {
  if (options.seed !== undefined && !Number.isSafeInteger(options.seed))
    fail('seed', options.seed, 'a whole number such as 7');
  if (options.clock !== undefined && !CLOCKS.includes(options.clock))
    fail('clock', options.clock, 'auto, media or paced');
  checkVirtualMs('idleCloseMs', options.idleCloseMs);
  checkVirtualMs('sessionDurationMs', options.sessionDurationMs);
  // Families differ in the defaults of quirks only: what one takes, all take.
  resolveQuirks('omni35', options.quirks);
}

function checkPositive(name: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0)) fail(name, value, 'a number above 0');
}

/** Virtual time is whole; Infinity stands for never. */
function checkVirtualMs(name: string, value: number | undefined): void {
  checkPositive(name, value);
  if (value !== undefined && value % 1 !== 0 && value !== Number.POSITIVE_INFINITY)
    fail(name, value, 'a whole number of milliseconds');
}

function fail(name: string, value: unknown, wanted: string): never {
  throw new SoundstageError('E_OPTION', `Bad option '${name}': ${String(value)}. Try ${wanted}.`, {
    details: { name, value },
  });
}
