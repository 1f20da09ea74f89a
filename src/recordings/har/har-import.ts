/**
 * What reading a WebSocket of a HAR file takes, whoever wrote the file: the options, places of mistakes, base64 and URLs.
 * Must never look into a message.
 */
import { decodeBase64, type Sha256 } from '../../media/index.js';
import type { SoundstageError } from '../../protocol/soundstage-error.js';
import type { Provenance } from '../manifest.js';
import type { PartSink } from '../parts.js';
import type { Redactor } from '../redaction/redactor.js';

export interface HarImportOptions {
  readonly sink: PartSink;
  /** The program that imports, and its version: the recorder of a foreign file. */
  readonly by: string;
  /** Of a foreign file. Default `undeclared`: a HAR file does not say who answered. */
  readonly provenance?: Provenance | undefined;
  /** Takes secrets out of a foreign file; ours has been through one. Default: headers whose names tell of credentials. */
  readonly createRedactor?: (() => Redactor) | undefined;
  readonly createHash?: (() => Sha256) | undefined;
}

/** Makes an error of what is wrong, with the place before it. */
export type Bad = (why: string) => SoundstageError;

/** The origin without a user, the path, and path and query as a server gets them. */
export function splitUrl(url: string): { origin: string; path: string; target: string } {
  const found = /^(\w+:\/\/)(?:[^/?#]*@)?([^/?#]*)([^?#]*)(\?[^#]*)?/.exec(url);
  const [, scheme = '', host = '', path = '', query = ''] = found ?? [];
  return {
    origin: scheme + host,
    path: path === '' ? '/' : path,
    target: (path === '' ? '/' : path) + query,
  };
}

/** @throws what `bad` makes of text that is no base64 */
export function bytesOf(data: string, bad: Bad): Uint8Array {
  const bytes = decodeBase64(data);
  if (bytes === undefined) throw bad('.data: it is no base64');
  return bytes;
}
