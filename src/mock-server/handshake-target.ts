/**
 * Reads a request target: which endpoint, which model, and which scenario the client chose by path or query.
 * Must never throw, whatever bytes a client puts into its URL.
 */

/** The path of the service's WebSocket endpoint (§1.1). */
export const REALTIME_PATH = '/api-ws/v1/realtime';

/** What a request target says. Texts are percent-decoded; absent means null or undefined. */
export interface Target {
  /** The path without the scenario prefix, decoded, without query. */
  readonly path: string;
  readonly endpoint: 'realtime' | 'root' | 'other';
  /** The first `model` of the query; null when there is none. An empty one is the empty text. */
  readonly model: string | null;
  /** Scenario, connection name and seed, from the path prefix `/s/…` or else from the query. */
  readonly scenario?: string | undefined;
  readonly name?: string | undefined;
  /** Not yet a number: only the handshake knows how to refuse a bad one. */
  readonly seedText?: string | undefined;
  /** The URL held a second `?`, as SDKs write when they append `?model=` to a URL that has a query. */
  readonly malformedUrl: boolean;
}

const SCENARIO_PREFIX = /^\/s\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/;
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** Reads `target`, the path and query of a request as sent (§1.1). */
export function readTarget(target: string): Target {
  const [location = ''] = target.replace(ORIGIN, '').split('#', 1);
  const queryStart = location.indexOf('?');
  const rawPath = queryStart < 0 ? location : location.slice(0, queryStart);
  const rawQuery = queryStart < 0 ? '' : location.slice(queryStart + 1);
  const query = readQuery(rawQuery.replaceAll('?', '&'));
  const { path, prefix } = splitPath(rawPath);
  return {
    path,
    endpoint: endpointOf(path),
    model: query.get('model') ?? null,
    scenario: prefix[0] ?? query.get('scenario'),
    name: prefix[1] ?? query.get('name'),
    seedText: prefix[2] ?? query.get('seed'),
    malformedUrl: rawQuery.includes('?'),
  };
}

/** Takes the scenario prefix off a path that ends in the endpoint; any other path stays whole. */
function splitPath(rawPath: string): { path: string; prefix: readonly (string | undefined)[] } {
  if (!rawPath.endsWith(REALTIME_PATH)) return { path: percentDecoded(rawPath), prefix: [] };
  const match = SCENARIO_PREFIX.exec(rawPath.slice(0, -REALTIME_PATH.length));
  if (match === null) return { path: percentDecoded(rawPath), prefix: [] };
  return {
    path: REALTIME_PATH,
    prefix: match.slice(1).map((part) => (part === undefined ? undefined : percentDecoded(part))),
  };
}

function endpointOf(path: string): Target['endpoint'] {
  if (path === REALTIME_PATH) return 'realtime';
  return path === '/' || path === '' ? 'root' : 'other';
}

/** Query parameters by name; of a repeated one the first counts. */
function readQuery(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const name = percentDecoded(equals < 0 ? pair : pair.slice(0, equals));
    if (name !== '' && !parameters.has(name)) {
      parameters.set(name, equals < 0 ? '' : percentDecoded(pair.slice(equals + 1)));
    }
  }
  return parameters;
}

/** Percent-decoding that leaves what it cannot decode as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
