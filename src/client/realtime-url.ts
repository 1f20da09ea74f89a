/**
 * The address of a connection: the two public endpoints, and the model as a proper query parameter. Must never
 * produce a second `?`, whatever query the base URL has (an SDK's known defect).
 */
import { SoundstageError } from '../protocol/index.js';

/** The public endpoints (section 1.1); Beijing is the default. */
export const DEFAULT_URLS = {
  beijing: 'wss://dashscope.aliyuncs.com/api-ws/v1/realtime',
  singapore: 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/realtime',
} as const;

/**
 * Adds `model` to a base URL. Other query parameters stay as they are; a `model` already there is replaced.
 *
 * @param model an empty one adds nothing
 * @throws SoundstageError `E_INVALID_URL` when `baseUrl` is not a `ws:` or `wss:` URL
 */
export function realtimeUrl(baseUrl: string, model: string): string {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch (cause) {
    throw invalidUrl(baseUrl, 'it is not a URL', cause);
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw invalidUrl(baseUrl, `its scheme is ${url.protocol}`, undefined);
  }
  url.hash = '';
  const others = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && pair !== 'model' && !pair.startsWith('model='));
  if (model !== '') others.push(`model=${encodeURIComponent(model)}`);
  url.search = others.join('&');
  return url.href;
}

function invalidUrl(baseUrl: string, why: string, cause: unknown): SoundstageError {
  return new SoundstageError(
    'E_INVALID_URL',
    `Cannot connect to "${baseUrl}": ${why}. Try a URL such as ws://127.0.0.1:8765/api-ws/v1/realtime.`,
    { cause, details: { url: baseUrl } },
  );
}
