/**
 * The upgrade request and its answer: headers that are known to be harmless keep their values, all others lose them; of
 * the target, parameters that speak of secrets lose theirs. Names and order stay.
 */
import type { RecordedHeaders } from '../entries.js';
import { secretParameters, secretProtocols } from './credentials.js';
import { applyReplacements } from './replacements.js';
import type { TextRedactor } from './text-redactor.js';

/** Headers whose values are written, after they were searched like any text. */
export const ALLOWED_HEADERS: readonly string[] = [
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'host',
  'openai-beta',
  'origin',
  'pragma',
  'retry-after',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
  'server',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'vary',
  'via',
  'x-dashscope-request-id',
  'x-request-id',
  'x-soundstage',
];

const SCHEME = /^\s*(?:Basic|Bearer)\s+(?=\S)/i;

/** A text that may be written, or the rule that forbids it. */
type Scrub = (text: string) => string;

/** Headers as they may be written. */
export function redactHeaders(
  headers: RecordedHeaders,
  allowed: ReadonlySet<string>,
  texts: TextRedactor,
  scrub: Scrub,
): RecordedHeaders {
  return headers.map(([name, value]) => [scrub(name), redactValue(name, value, allowed, texts, scrub)]);
}

function redactValue(
  name: string,
  value: string,
  allowed: ReadonlySet<string>,
  texts: TextRedactor,
  scrub: Scrub,
): string {
  const lower = name.toLowerCase();
  if (lower === 'sec-websocket-protocol') {
    const places = secretProtocols(value).map(({ start, end }) => ({
      start,
      end,
      text: texts.placeholders.take('credential', value.slice(start, end)),
    }));
    return scrub(applyReplacements(value, places));
  }
  if (allowed.has(lower) || value === '') return scrub(value);
  // How somebody authenticates is no secret, and a replay wants to know.
  const scheme = /^(?:proxy-)?authorization$/.test(lower) ? (SCHEME.exec(value)?.[0] ?? '') : '';
  const secret = value.slice(scheme.length);
  return scheme + texts.placeholders.take(scheme === '' ? 'header' : 'credential', secret);
}

/** A request target as it may be written. */
export function redactTarget(target: string, texts: TextRedactor, scrub: Scrub): string {
  const places = secretParameters(target).map(({ start, end }) => {
    const value = target.slice(start, end);
    return { start, end, text: texts.placeholders.take('credential', plainOf(value)) };
  });
  return scrub(applyReplacements(target, places));
}

function plainOf(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
