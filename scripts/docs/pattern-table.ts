/**
 * The table of secrets that are found by their looks, from the patterns themselves. It must never hold a pattern of its own.
 */
import { SECRET_PATTERNS } from '../../src/recordings/index.js';
import { code, table } from './markdown.js';

export function patternTable(): string {
  const rows = SECRET_PATTERNS.map(({ name, finds, isOptIn }) => [
    code(name),
    finds,
    isOptIn === true ? 'when asked for' : 'always',
  ]);
  return table(['pattern', 'what it finds', 'when'], rows);
}
