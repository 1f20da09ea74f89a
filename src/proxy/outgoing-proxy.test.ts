/** Which proxy the environment wants. */
import { describe, expect, test } from 'vitest';
import { outgoingProxy } from './outgoing-proxy.js';

const PROXY = 'http://proxy:3128';

describe('outgoingProxy', () => {
  test.each([
    ['wss://h', { HTTPS_PROXY: PROXY }, 'http://proxy:3128/'],
    ['wss://h', { https_proxy: PROXY, HTTPS_PROXY: 'http://other' }, 'http://proxy:3128/'],
    ['wss://h', { HTTP_PROXY: PROXY }, undefined],
    ['ws://h', { HTTP_PROXY: PROXY }, 'http://proxy:3128/'],
    ['ws://h', { http_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
    ['ws://h', { ALL_PROXY: PROXY }, 'http://proxy:3128/'],
    ['wss://h', { all_proxy: PROXY, HTTPS_PROXY: '' }, 'http://proxy:3128/'],
    ['wss://h', { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, undefined],
    ['wss://a.h', { HTTPS_PROXY: PROXY, no_proxy: 'x, h' }, undefined],
    ['wss://a.h', { HTTPS_PROXY: PROXY, NO_PROXY: '.h' }, undefined],
    ['wss://a.h', { HTTPS_PROXY: PROXY, NO_PROXY: '*.h' }, undefined],
    ['wss://ah', { HTTPS_PROXY: PROXY, NO_PROXY: 'h' }, 'http://proxy:3128/'],
    ['wss://h', { HTTPS_PROXY: PROXY, NO_PROXY: 'h:443' }, undefined],
    ['wss://h:444', { HTTPS_PROXY: PROXY, NO_PROXY: 'h:443' }, 'http://proxy:3128/'],
    ['wss://localhost', { HTTPS_PROXY: PROXY }, undefined],
    ['ws://127.0.0.1:8787', { ALL_PROXY: PROXY }, undefined],
    ['ws://[::1]:8787', { ALL_PROXY: PROXY }, undefined],
    ['wss://h', {}, undefined],
  ])('%s with %j', (upstream, env, expected) => {
    expect(outgoingProxy(new URL(upstream), env)?.href).toBe(expected);
  });

  test('a proxy of another kind is an error that keeps its password to itself', () => {
    const open = () => outgoingProxy(new URL('wss://h'), { HTTPS_PROXY: 'socks5://me:secret@proxy' });
    expect(open).toThrow(expect.objectContaining({ code: 'E_OPTION' }));
    expect(open).not.toThrow(/secret/);
  });
});
