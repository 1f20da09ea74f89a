/**
 * Text of others for a terminal: on one line, and without what a terminal would take as a command. Must never change
 * what a program reads.
 */

/** Control characters, and those that turn the direction of writing. */
const COMMANDS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

export function printable(text: string): string {
  return text.replace(COMMANDS, '�');
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A URL for people: without user and query, where a key may stand. Text that is no URL comes out as a placeholder. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return '<url>';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
