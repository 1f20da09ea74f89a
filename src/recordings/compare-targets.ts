/**
 * Whether two upgrade requests ask for the same: the parameters of their URLs, without credentials and without those by
 * which a client chooses what a stand-in plays. Must never show a credential.
 */

import { isSecretParameter } from './redaction/credentials.js';
import { matchesPlaceholder } from './redaction/placeholder.js';

/** Parameters of our own servers; where a client leaves them out is a matter of its URL, not of what it asks for. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set(['scenario', 'name', 'seed']);

/** The first parameter that differs, `undefined` on the side that has none; undefined when none does. */
export function compareTargets(
  recorded: string,
  live: string,
):
  | { readonly path: string; readonly recorded: string | undefined; readonly live: string | undefined }
  | undefined {
  const [before, now] = [parametersOf(recorded), parametersOf(live)];
  for (const path of new Set([...before.keys(), ...now.keys()])) {
    const [one, other] = [before.get(path), now.get(path)];
    if (one === other || (one !== undefined && other !== undefined && matchesPlaceholder(one, other)))
      continue;
    return { path, recorded: one, live: other };
  }
  return undefined;
}

/** By name, decoded; of a repeated one the first counts, as it does for the service. */
function parametersOf(target: string): ReadonlyMap<string, string> {
  const [whole = ''] = target.split('#', 1);
  const queryStart = whole.indexOf('?');
  const found = new Map<string, string>();
  if (queryStart < 0) return found;
  // SDKs append `?model=` to a URL that has a query.
  for (const [name, value] of new URLSearchParams(whole.slice(queryStart + 1).replaceAll('?', '&'))) {
    if (name === '' || OWN_PARAMETERS.has(name) || isSecretParameter(name) || found.has(name)) continue;
    found.set(name, value);
  }
  return found;
}
