/**
 * The flags of `soundstage serve` and what they become: options of a mock server. Checks what a flag can get wrong
 * and leaves the rest to the server.
 */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { MockServerOptions } from '../mock-server/index.js';
import { parseQuirkOverride, type Quirks, SoundstageError } from '../protocol/index.js';

/** What commander makes of the command line. */
export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly clock: 'auto' | 'media' | 'paced';
  readonly seed: number;
  readonly modelQuirk: Partial<Quirks>;
  readonly tls?: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly json?: boolean;
  /** False after `--no-control`. */
  readonly control: boolean;
  readonly controlToken?: string;
  readonly scenario: readonly string[];
  readonly watch?: boolean;
}

const HIGHEST_PORT = 65_535;

/** Reads `--port`: 0 to 65535. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= HIGHEST_PORT) return port;
  throw new InvalidArgumentError(`Try a whole number up to ${HIGHEST_PORT}, or 0 for any free port.`);
}

/** Reads `--seed`: a whole number. */
export function readSeed(text: string): number {
  const seed = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError('Try a whole number such as 7.');
}

const LONGEST_WAIT_MS = 600_000;

/** Reads `--wait`: wall milliseconds from 1 up. */
export function readWaitMs(text: string): number {
  const waitMs = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (waitMs >= 1 && waitMs <= LONGEST_WAIT_MS) return waitMs;
  throw new InvalidArgumentError(`Try a whole number of milliseconds from 1 to ${LONGEST_WAIT_MS}.`);
}

/** Reads one `--scenario` and adds it to those before it. */
export function addScenario(text: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, text];
}

/** Reads one `--model-quirk NAME=VALUE` and adds it to those before it. */
export function addQuirk(text: string, earlier: Partial<Quirks>): Partial<Quirks> {
  return { ...earlier, ...parseQuirkOverride(text) };
}

/**
 * The server's options.
 *
 * @throws SoundstageError `E_CLI_VALUE` when only one of `--cert` and `--key` is given, `E_CLI_FILE` when a file
 *   cannot be read
 */
export function serverOptions(flags: ServeFlags): MockServerOptions {
  const { host, port, clock, seed, modelQuirk, control, controlToken } = flags;
  return {
    host,
    port,
    clock,
    seed,
    quirks: modelQuirk,
    tls: tlsOption(flags),
    controlApi: control,
    ...(controlToken === undefined ? {} : { controlToken }),
  };
}

function tlsOption({ tls, cert, key }: ServeFlags): NonNullable<MockServerOptions['tls']> {
  if (cert === undefined && key === undefined) return tls === true;
  if (cert === undefined || key === undefined) {
    throw new SoundstageError(
      'E_CLI_VALUE',
      'Cannot serve with TLS: --cert and --key belong together. Try giving both, or --tls alone.',
    );
  }
  return { cert: readPem(cert), key: readPem(key) };
}

/** The text of a PEM file. @throws SoundstageError `E_CLI_FILE` */
export function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SoundstageError('E_CLI_FILE', `Cannot read '${path}'. Try the path of an existing PEM file.`, {
      cause,
    });
  }
}
