/**
 * From the request of a client to the request upstream: the name it gave its recording comes off the path, and what the
 * upstream URL says goes in. Must never decode or reorder what the client wrote.
 */
import { SoundstageError } from '../protocol/soundstage-error.js';

/** The path of the service's WebSocket endpoint. */
export const REALTIME_PATH = '/api-ws/v1/realtime';

/** A request target in two. */
export interface ClientTarget {
  /** The name of the recording, if the client gave one. */
  readonly name: string | undefined;
  /** Path and query without the name, as the client wrote them. */
  readonly target: string;
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
const NAME_PREFIX = /^\/n(?:\/([^/?]*))?(?=[/?]|$)/;
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}$/;

/** Takes the name off the path; undefined when there is one that no recording may have. */
export function readClientTarget(requestTarget: string): ClientTarget | undefined {
  const [whole = ''] = requestTarget.replace(ORIGIN, '').split('#', 1);
  const match = NAME_PREFIX.exec(whole);
  if (match === null) return { name: undefined, target: whole.startsWith('/') ? whole : `/${whole}` };
  const name = decode(match[1] ?? '');
  if (!NAME.test(name)) return undefined;
  const rest = whole.slice(match[0].length);
  return { name, target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** What to ask the upstream for. */
export function upstreamTarget(target: string, upstream: URL): string {
  const queryStart = target.indexOf('?');
  const path = queryStart < 0 ? target : target.slice(0, queryStart);
  const query = queryStart < 0 ? '' : target.slice(queryStart + 1);
  const named = new Set(query.split(/[?&]/).map(parameterName));
  const added = upstream.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !named.has(parameterName(pair)));
  const joined = [...(query === '' ? [] : [query]), ...added].join('&');
  const isPathLess = upstream.pathname === '/' || upstream.pathname === '';
  const ownPath =
    !isPathLess && path.endsWith(REALTIME_PATH)
      ? `${path.slice(0, -REALTIME_PATH.length)}${upstream.pathname}`
      : path;
  return joined === '' && queryStart < 0 ? ownPath : `${ownPath}?${joined}`;
}

const PLAIN_SCHEMES: Readonly<Record<string, string>> = { 'http:': 'ws:', 'https:': 'wss:' };

/** @throws SoundstageError `E_OPTION` when it is no URL with the scheme ws, wss, http or https */
export function readUpstream(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url === undefined ? undefined : (PLAIN_SCHEMES[url.protocol] ?? url.protocol);
  if (url !== undefined && (scheme === 'ws:' || scheme === 'wss:') && url.username === '') {
    return new URL(`${scheme}//${url.host}${url.pathname}${url.search}`);
  }
  // Neither the text nor its parts: it may hold a key.
  throw new SoundstageError(
    'E_OPTION',
    'Cannot pass traffic on: the upstream is no URL of a WebSocket server without a user. Try wss://host or ws://host:port.',
  );
}

function parameterName(pair: string): string {
  return decode(pair.split('=', 1)[0] ?? '');
}

/** Percent-decoding that leaves what it cannot decode as it is, which no name and no parameter has. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
