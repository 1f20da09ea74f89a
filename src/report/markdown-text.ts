/**
 * Text of others inside Markdown: as code, in spans and fences that nothing in it can end, so that it is neither HTML nor
 * a link, a mention or a row of a table. Must never let a control character through.
 */
import { LIMITS } from '../protocol/index.js';

/** Control characters but line breaks and tabs, and those that turn the direction of writing. */
const HIDDEN = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Text on one line as a code span; a dash when there is none. */
export function span(text: string): string {
  const line = cut(text)
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .replace(HIDDEN, '�');
  if (line.trim() === '') return '—';
  const ticks = '`'.repeat(longestRun(line) + 1);
  // Markdown takes one space from each end, if there is one at both.
  const pad = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${ticks}${pad}${line}${pad}${ticks}`;
}

/** The same for a cell of a table, where a bar ends even a code span. */
export function cell(text: string): string {
  return span(text.replaceAll('|', '¦'));
}

/** Text as a fenced block whose lines are indented, without a line break at the end. JSON is laid out. */
export function fence(text: string, indent: string): string {
  const [language, laidOut] = layOut(text);
  const body = cut(laidOut)
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(HIDDEN, '�');
  const ticks = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return [`${ticks}${language}`, ...body.split('\n'), ticks].map((line) => indent + line).join('\n');
}

function layOut(text: string): [language: string, text: string] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return ['json', JSON.stringify(value, undefined, 2)];
  } catch {
    // Then it is text like any other.
  }
  return ['text', text];
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

function cut(text: string): string {
  const rest = text.length - LIMITS.markdownTextChars;
  return rest <= 0 ? text : `${text.slice(0, LIMITS.markdownTextChars)} … (${rest} characters more)`;
}
