/**
 * Who may use the control API: programs on this machine, or whoever has the token. Pages of a browser never may, so
 * that no web site can reach into a test that runs beside it. Must never compare a token in a time that tells of it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { SoundstageError } from '../../protocol/index.js';

/** What decides who may. */
export interface AccessRules {
  /** The server's option `host`. */
  readonly boundTo: string;
  /** The token that every request must carry; undefined: none, and loopback only. */
  readonly token: string | undefined;
}

const LOOPBACK_ADDRESS = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const PORT = /:\d{1,5}$/;
const BEARER = /^Bearer +(.+)$/i;

/** Whether a host name means this machine and no other. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return name === 'localhost' || name === '::1' || LOOPBACK_ADDRESS.test(name);
}

/** Lets a request pass. @throws SoundstageError `E_CONTROL_REFUSED` when it may not */
export function checkAccess(headers: IncomingHttpHeaders, { boundTo, token }: AccessRules): void {
  if (isFromPage(headers)) {
    refuse('it comes from a page in a browser', 'a program instead, such as curl');
  }
  if (token !== undefined) {
    const given = BEARER.exec(headers.authorization ?? '')?.[1];
    if (given === undefined)
      refuse('this server wants a token and there is none', 'the header Authorization: Bearer <token>');
    if (!isSame(given, token))
      refuse('the token is not the one of this server', 'the one it was started with');
    return;
  }
  if (!isLoopback(boundTo)) {
    refuse(
      `the server listens on ${boundTo}, where others can reach it, and has no control token`,
      'starting it with --control-token (or the option controlToken), or on 127.0.0.1',
    );
  }
  const host = headers.host ?? '';
  if (isLoopback(host.replace(PORT, ''))) return;
  refuse(
    `its Host '${host.slice(0, 100)}' is not this machine's own name`,
    '127.0.0.1 in the URL, or a server with a control token',
  );
}

/** Browsers send an origin with all that could change something, and say where the rest comes from. */
function isFromPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || site === 'cross-site' || site === 'same-site';
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function refuse(why: string, hint: string): never {
  throw new SoundstageError('E_CONTROL_REFUSED', `The control API refused the request: ${why}. Try ${hint}.`);
}
