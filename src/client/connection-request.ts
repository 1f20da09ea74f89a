/**
 * What a connection begins and ends with: the upgrade request (sections 1.1 and 1.2) and the arguments of a close.
 * Must never put the API key anywhere but into the Authorization header.
 */

import type { ClientSocketRequest } from '../protocol/index.js';
import { LIMITS, SoundstageError } from '../protocol/index.js';
import type { ConversationOptions } from './conversation-options.js';
import { DEFAULT_URLS, realtimeUrl } from './realtime-url.js';

/**
 * Builds the upgrade request. Headers given by the caller win, whatever their case.
 *
 * @throws SoundstageError `E_INVALID_URL`; `E_INVALID_MODEL` for an empty model and `E_NO_API_KEY` without a key,
 * unless validation is off: then the parameter or the header is left out
 */
export function connectionRequest(options: ConversationOptions): ClientSocketRequest {
  const mustCheck = options.validate ?? true;
  if (mustCheck && options.model === '') {
    throw new SoundstageError(
      'E_INVALID_MODEL',
      'Cannot connect: the model name is empty. Try a name such as qwen3-omni-flash-realtime.',
    );
  }
  const headers: Record<string, string> = {};
  const own = new Set(Object.keys(options.headers ?? {}).map((name) => name.toLowerCase()));
  const add = (name: string, value: string): void => {
    if (!own.has(name.toLowerCase())) headers[name] = value;
  };
  const apiKey = options.apiKey ?? globalThis.process?.env['DASHSCOPE_API_KEY'];
  if (apiKey !== undefined && apiKey !== '') add('Authorization', `Bearer ${apiKey}`);
  else if (mustCheck && !own.has('authorization')) throw noApiKey();
  if (options.workspace !== undefined) add('X-DashScope-WorkSpace', options.workspace);
  add('User-Agent', 'soundstage');
  return {
    url: realtimeUrl(options.url ?? DEFAULT_URLS.beijing, options.model),
    headers: { ...headers, ...options.headers },
    protocols: [...(options.protocols ?? [])],
  };
}

/**
 * Checks what a CLOSE frame may carry (RFC 6455 section 7.4).
 *
 * @throws SoundstageError `E_INVALID_CLOSE`
 */
export function checkClose(code: number, reason: string): void {
  const isAllowed = code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999);
  if (isAllowed && Buffer.byteLength(reason) <= LIMITS.closeReasonBytes) return;
  throw new SoundstageError(
    'E_INVALID_CLOSE',
    `Cannot close with code ${code} and a reason of ${Buffer.byteLength(reason)} bytes: a client may send 1000 or 3000 to 4999 and ${LIMITS.closeReasonBytes} bytes. Try close().`,
    { details: { code, reason } },
  );
}

function noApiKey(): SoundstageError {
  return new SoundstageError(
    'E_NO_API_KEY',
    'Cannot connect: there is no API key. Try the option apiKey, or the environment variable DASHSCOPE_API_KEY; the mock server takes any.',
  );
}
