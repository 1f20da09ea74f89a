/**
 * Finds the API key of a request and judges it (§1.3, §11.8, §11.9).
 * Must never put a key into a message.
 */

/** Keys a server treats specially. Without `known`, every key that is not listed is accepted. */
export interface ApiKeyConfig {
  /** When given, any key that is in none of the three lists is refused with 401. */
  readonly known?: readonly string[] | undefined;
  /** Refused with 403. */
  readonly denied?: readonly string[] | undefined;
  /** Accepted, then closed with 1007. */
  readonly arrears?: readonly string[] | undefined;
}

export type ApiKeyVerdict = 'ok' | 'arrears' | 'denied' | 'invalid';

const BEARER = /^bearer[ \t]+(\S+)[ \t]*$/i;
const KEY_SUBPROTOCOL = 'openai-insecure-api-key.';

/** The key of the `Authorization` header, else the one inside a subprotocol; null without a usable one. */
export function readApiKey(headers: Readonly<Record<string, string>>): string | null {
  const bearer = BEARER.exec(headers['authorization'] ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const carrier = offeredSubprotocols(headers).find((name) => name.startsWith(KEY_SUBPROTOCOL));
  const key = carrier?.slice(KEY_SUBPROTOCOL.length) ?? '';
  return key === '' ? null : key;
}

/** The subprotocols a client offers, in its order. */
export function offeredSubprotocols(headers: Readonly<Record<string, string>>): string[] {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return offered
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** What the configured lists say about `key`. */
export function judgeApiKey(key: string | null, config: ApiKeyConfig | undefined): ApiKeyVerdict {
  if (key === null) return 'invalid';
  if (config?.denied?.includes(key)) return 'denied';
  if (config?.arrears?.includes(key)) return 'arrears';
  if (config?.known === undefined || config.known.includes(key)) return 'ok';
  return 'invalid';
}
