/** Names come off the path, and the upstream's path and query go in. */
import { describe, expect, test } from 'vitest';
import { readClientTarget, readUpstream, upstreamTarget } from './request-target.js';

describe('the name of a recording', () => {
  test.each([
    ['/api-ws/v1/realtime?model=m', undefined, '/api-ws/v1/realtime?model=m'],
    ['/n/my-test/api-ws/v1/realtime?model=m', 'my-test', '/api-ws/v1/realtime?model=m'],
    ['/n/a%2Db/x', 'a-b', '/x'],
    ['/n/only', 'only', '/'],
    ['/n/only?model=m', 'only', '/?model=m'],
    ['/news/x', undefined, '/news/x'],
    ['http://host:1/n/a/x', 'a', '/x'],
    ['/n/_/x', '_', '/x'],
    [`/n/${'a'.repeat(80)}/x`, 'a'.repeat(80), '/x'],
    ['/s/barge-in/n/7/api-ws/v1/realtime', undefined, '/s/barge-in/n/7/api-ws/v1/realtime'],
  ])('%s', (requestTarget, name, target) => {
    expect(readClientTarget(requestTarget)).toEqual({ name, target });
  });

  test.each([
    '/n/',
    '/n',
    '/n//x',
    '/n/../x',
    '/n/.hidden/x',
    '/n/..%2F..%2Fetc/x',
    '/n/a%2Fb/x',
    '/n/a%00b/x',
    '/n/a b/x',
    '/n/%E0%A4%A/x',
    '/n/a\\b/x',
    `/n/${'a'.repeat(81)}/x`,
  ])('%s names none', (requestTarget) => {
    expect(readClientTarget(requestTarget)).toBeUndefined();
  });
});

describe('what the upstream is asked for', () => {
  test.each([
    ['ws://h', '/api-ws/v1/realtime?model=m', '/api-ws/v1/realtime?model=m'],
    ['ws://h/', '/api-ws/v1/realtime', '/api-ws/v1/realtime'],
    ['ws://h/other/way', '/api-ws/v1/realtime?model=m', '/other/way?model=m'],
    ['ws://h/other', '/s/barge-in/api-ws/v1/realtime', '/s/barge-in/other'],
    ['ws://h/other', '/elsewhere', '/elsewhere'],
    ['ws://h?model=own&seed=7', '/x?model=m', '/x?model=m&seed=7'],
    ['ws://h?seed=7', '/x', '/x?seed=7'],
    ['ws://h?model=own', '/x?a=1?model=m', '/x?a=1?model=m'],
    ['ws://h', '/x?', '/x?'],
    ['ws://h', '/x?b=%20&a=1', '/x?b=%20&a=1'],
  ])('%s and %s', (upstream, target, expected) => {
    expect(upstreamTarget(target, new URL(upstream))).toBe(expected);
  });

  test('http and https mean ws and wss', () => {
    expect(readUpstream('https://h/p?q=1').href).toBe('wss://h/p?q=1');
    expect(readUpstream('http://h:81').href).toBe('ws://h:81/');
  });

  test.each(['h', 'ftp://h', '', 'wss://me:secret@h'])('%s is no upstream', (text) => {
    expect(() => readUpstream(text)).toThrow(expect.objectContaining({ code: 'E_OPTION' }));
    expect(() => readUpstream(text)).not.toThrow(/secret/);
  });
});
