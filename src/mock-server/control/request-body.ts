/**
 * The bodies of requests: read under a limit, parsed under a limit, checked by a schema. Must never keep more bytes
 * than the limit, nor parse before it has looked how deep a text nests.
 */
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { LIMITS, SoundstageError } from '../../protocol/index.js';
import { nestsDeeperThan } from '../../protocol/json-depth.js';
import { checkAs, pathText } from '../../scenarios/read-scenario.js';

/** How a route reads its body. */
export interface BodyReader<Value = unknown> {
  readonly schema: z.ZodType;
  readonly description: string;
  /** An empty body counts as `{}`. */
  readonly isOptional?: boolean;
  /** @throws SoundstageError for a value that is none */
  readonly read: (value: unknown) => Value;
  /** Reads YAML as well; `name` is the last part of the path. */
  readonly readYaml?: (text: string, name: string) => Value;
}

/** A body that one of our own schemas describes. Wrong values are refused by their path. */
export function bodyOf<Value>(
  description: string,
  schema: z.ZodType<Value>,
  isOptional = false,
): BodyReader<Value> {
  const read = (value: unknown) => {
    const checked = checkAs(schema, value);
    if ('value' in checked) return checked.value;
    const path = pathText(checked.mistake.path);
    const where = path === '' ? 'the body' : path;
    throw new SoundstageError('E_CONTROL_BODY', `Cannot read ${where}: ${checked.mistake.why}`, {
      details: { path },
    });
  };
  return { schema, description, isOptional, read };
}

const JSON_TYPE = /^application\/(?:json|[a-z0-9.+-]+\+json)$/;
const YAML_TYPE = /^(?:application\/(?:x-)?yaml|text\/(?:x-)?yaml)$/;
const UTF8_NAME = /^"?utf-?8"?$/;

/**
 * The body of a request as its route wants it.
 *
 * @throws SoundstageError `E_CONTROL_TOO_LARGE`, `E_CONTROL_TYPE`, `E_CONTROL_BODY`, or what the reader throws
 */
export async function readBody(request: IncomingMessage, reader: BodyReader, name: string): Promise<unknown> {
  refuseLostBody(request);
  const kind = kindOf(request.headers['content-type'], reader);
  const text = decodeUtf8(await readBytes(request));
  if (text.trim() === '' && reader.isOptional === true) return reader.read({});
  if (kind === undefined) throw wrongType(request.headers['content-type'], reader);
  if (kind === 'yaml' && reader.readYaml !== undefined) return reader.readYaml(text, name);
  return reader.read(parseJson(text));
}

/** `json`, `yaml`, or undefined for anything else. Without a header there may be no body at all. */
function kindOf(header: string | undefined, reader: BodyReader): 'json' | 'yaml' | undefined {
  if (header === undefined) return undefined;
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const isUtf8 = charset === undefined || UTF8_NAME.test(charset);
  if (isUtf8 && JSON_TYPE.test(type)) return 'json';
  if (isUtf8 && reader.readYaml !== undefined && YAML_TYPE.test(type)) return 'yaml';
  throw wrongType(header, reader);
}

function wrongType(header: string | undefined, reader: BodyReader): SoundstageError {
  const why = header === undefined ? 'it has no content type' : `its content type is ${header.slice(0, 100)}`;
  const hint = reader.readYaml === undefined ? '' : ' or application/yaml';
  return new SoundstageError(
    'E_CONTROL_TYPE',
    `Cannot read the body: ${why}. Try the header content-type: application/json${hint}.`,
  );
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const limit = LIMITS.controlBodyBytes;
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= limit) chunks.push(chunk);
      else {
        request.off('data', onData).pause();
        reject(tooLarge());
      }
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

function tooLarge(): SoundstageError {
  const limitBytes = LIMITS.controlBodyBytes;
  return new SoundstageError(
    'E_CONTROL_TOO_LARGE',
    `Cannot read the body: it has more than ${limitBytes} bytes. Try a smaller one, or several requests.`,
    { details: { limitBytes } },
  );
}

/** Behind an upgrade that nobody speaks (h2c) Node does not read a body: better said than waited for. */
function refuseLostBody({ headers }: IncomingMessage): void {
  const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
  if (headers.upgrade === undefined || !hasBody) return;
  throw malformed(
    `the request asks for an upgrade to ${headers.upgrade.slice(0, 40)}, and what stands behind that is not read. Try HTTP/1.1 without an upgrade (Java: HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1))`,
  );
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('it is no UTF-8. Try writing it as UTF-8');
  }
}

function parseJson(text: string): unknown {
  if (nestsDeeperThan(text, LIMITS.controlJsonDepth))
    throw malformed(`it nests deeper than ${LIMITS.controlJsonDepth} levels. Try a flatter value`);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const why = text.trim() === '' ? 'there is none' : `it is no JSON (${(cause as Error).message})`;
    throw malformed(`${why}. Try a JSON object such as {}`);
  }
}

function malformed(why: string): SoundstageError {
  return new SoundstageError('E_CONTROL_BODY', `Cannot read the body: ${why}.`, { details: { path: '' } });
}
