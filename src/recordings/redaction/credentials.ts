/**
 * The secrets that a connection itself shows: what its headers, its query and its subprotocols authenticate with. Must
 * take too much rather than too little.
 */
import { decodeBase64 } from '../../media/index.js';
import type { RecordedHeaders } from '../entries.js';
import { latin1, percentDecoded } from './text-view.js';

/** A value that must not reach the disk. */
export interface Credential {
  readonly value: string;
  /** Where it comes from, for people: never the value. */
  readonly from?: string | undefined;
}

/** The part of an upgrade request that may carry credentials. */
export interface CredentialCarrier {
  readonly target: string;
  readonly headers: RecordedHeaders;
}

/** Shorter values are replaced where they are sent, but not looked for everywhere: they would shred texts. */
export const MIN_SEARCHED_CHARS = 6;

const SECRET_HEADER = /key|token|secret|cookie|signature|auth|password|passwd|credential/i;
const SECRET_PARAMETER =
  /^(?:.*(?:key|token|secret|signature|password|passwd|credential|authorization).*|auth|sig|pwd|sign)$/i;
/** A subprotocol that carries a key behind its name, as `openai-insecure-api-key.sk-…` does. */
const SECRET_PROTOCOL =
  /^[a-z0-9.-]*(?:key|token|secret|auth|bearer|password|authorization\.k8s\.io)[a-z0-9-]*\.(?=.)/i;
/** A subprotocol whose neighbour is the key. */
const SECRET_PROTOCOL_NAME = /^(?:bearer|token|access[_-]?token|authorization|auth|api[_-]?key)$/i;

/** Everything that an upgrade request authenticates with, each value once. */
export function credentialsOf({ target, headers }: CredentialCarrier): readonly Credential[] {
  const found = new Map<string, string>();
  const add = (value: string | undefined, from: string) => {
    if (value !== undefined && value !== '' && !found.has(value)) found.set(value, from);
  };
  for (const [name, value] of headers) {
    for (const one of headerCredentials(name, value)) add(one, `the header ${name.toLowerCase()}`);
  }
  for (const { name, start, end } of secretParameters(target)) {
    const value = target.slice(start, end);
    add(plain(value.replaceAll('+', ' ')), `the parameter ${name.toLowerCase()}`);
    add(plain(value), `the parameter ${name.toLowerCase()}`);
  }
  for (const value of userInfo(target)) add(plain(value), 'the URL');
  return [...found].map(([value, from]) => ({ value, from }));
}

function headerCredentials(name: string, value: string): readonly (string | undefined)[] {
  if (/^sec-websocket-protocol$/i.test(name))
    return secretProtocols(value).map(({ start, end }) => value.slice(start, end));
  if (/^sec-websocket-/i.test(name)) return [];
  if (/^(?:set-)?cookie$/i.test(name)) return cookieValues(name, value);
  if (!SECRET_HEADER.test(name)) return userInfo(value);
  const [, scheme, token] = /^\s*([A-Za-z][A-Za-z0-9-]*)\s+(\S.*?)\s*$/.exec(value) ?? [];
  if (scheme === undefined || token === undefined) return [value.trim()];
  return /^basic$/i.test(scheme) ? [token, ...basicParts(token)] : [token];
}

/** User and password of a Basic token. */
function basicParts(token: string): readonly string[] {
  const bytes = decodeBase64(token) ?? decodeBase64(token + '='.repeat((4 - (token.length % 4)) % 4));
  if (bytes === undefined) return [];
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    text = latin1(bytes);
  }
  const colon = text.indexOf(':');
  return colon < 0 ? [text] : [text, text.slice(0, colon), text.slice(colon + 1)];
}

function cookieValues(name: string, value: string): readonly string[] {
  const pairs = /^set-/i.test(name) ? value.split(';', 1) : value.split(';');
  return pairs.map((pair) =>
    pair
      .slice(pair.indexOf('=') + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1'),
  );
}

/** A place in a text, with the name of what stands there. */
export interface NamedPlace {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The values of the parameters of a target whose names speak of secrets. */
export function secretParameters(target: string): readonly NamedPlace[] {
  const found: NamedPlace[] = [];
  for (const match of target.matchAll(/[?&;]([^?&;=#]*)=([^?&;#]*)/g)) {
    const [whole, name = '', value = ''] = match;
    const end = match.index + whole.length;
    if (value !== '' && SECRET_PARAMETER.test(plain(name)))
      found.push({ name, start: end - value.length, end });
  }
  return found;
}

/** The places of keys in a list of subprotocols. */
export function secretProtocols(value: string): readonly NamedPlace[] {
  const found: NamedPlace[] = [];
  let isNext = false;
  for (const match of value.matchAll(/[^,\s]+/g)) {
    const [protocol] = match;
    const prefix = SECRET_PROTOCOL.exec(protocol)?.[0].length ?? 0;
    const end = match.index + protocol.length;
    if (isNext || prefix > 0) found.push({ name: 'subprotocol', start: match.index + prefix, end });
    isNext = SECRET_PROTOCOL_NAME.test(protocol);
  }
  return found;
}

function userInfo(text: string): readonly string[] {
  const [, user, password] = /^[a-z][a-z0-9+.-]*:\/\/([^\s/@:]*)(?::([^\s/@]*))?@/i.exec(text) ?? [];
  return [user, password].filter((part) => part !== undefined).map(plain);
}

function plain(text: string): string {
  return percentDecoded(text)?.text ?? text;
}
