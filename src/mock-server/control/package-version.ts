/** The version in package.json, which stands three folders above both sources and build. */
import { readFileSync } from 'node:fs';

let known: string | undefined;

export function packageVersion(): string {
  known ??= readVersion();
  return known;
}

function readVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
