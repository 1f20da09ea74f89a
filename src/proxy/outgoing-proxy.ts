/**
 * Which proxy the environment wants connections to a host to go through: HTTPS_PROXY for wss, HTTP_PROXY for ws,
 * ALL_PROXY for both, but for what NO_PROXY names and the machine itself. Must never put a proxy's password in an error.
 */
import type { Agent } from 'node:http';
import { SoundstageError } from '../protocol/soundstage-error.js';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'ws:': '80', 'wss:': '443' };
const LOOPBACK = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The proxy for a URL with the scheme ws or wss; undefined for none.
 *
 * @throws SoundstageError `E_OPTION` for a proxy that is no http or https URL
 */
export function outgoingProxy(upstream: URL, env: Environment): URL | undefined {
  const own = upstream.protocol === 'wss:' ? 'https_proxy' : 'http_proxy';
  const text = variable(env, own) ?? variable(env, 'all_proxy');
  if (text === undefined || LOOPBACK.test(upstream.hostname)) return undefined;
  if (isExempt(upstream, variable(env, 'no_proxy') ?? '')) return undefined;
  const withScheme = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new SoundstageError(
    'E_OPTION',
    `Cannot reach ${upstream.host}: the proxy that the environment names is no http or https URL. Try another ${own.toUpperCase()} or ALL_PROXY, or the host in NO_PROXY.`,
  );
}

/** An agent that connects through a proxy. */
export async function proxyAgent(proxy: URL): Promise<Agent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return new HttpsProxyAgent(proxy);
}

/** Lower case wins, as it does for curl. */
function variable(env: Environment, name: string): string | undefined {
  return [env[name], env[name.toUpperCase()]].find((value) => value !== undefined && value !== '');
}

/** `*`, a host and what is below it, with or without a dot before, each with or without a port. */
function isExempt(upstream: URL, list: string): boolean {
  const port = upstream.port === '' ? DEFAULT_PORTS[upstream.protocol] : upstream.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const match = /^(.*?)(?::(\d+))?$/.exec(entry);
      const host = (match?.[1] ?? '').replace(/^\*?\./, '');
      if (match?.[2] !== undefined && match[2] !== port) return false;
      return upstream.hostname === host || upstream.hostname.endsWith(`.${host}`);
    });
}
