import { describe, expect, test } from 'vitest';
import { DEFAULT_URLS, realtimeUrl } from './realtime-url.js';

describe('realtimeUrl', () => {
  test.each([
    [DEFAULT_URLS.beijing, 'm', 'wss://dashscope.aliyuncs.com/api-ws/v1/realtime?model=m'],
    ['ws://h/p?region=cn', 'm', 'ws://h/p?region=cn&model=m'],
    ['ws://h/p?', 'm', 'ws://h/p?model=m'],
    ['ws://h/p?a=1&', 'm', 'ws://h/p?a=1&model=m'],
    ['ws://h/p?model=old&a=%3F', 'm', 'ws://h/p?a=%3F&model=m'],
    ['ws://h/p?modelling=1#top', 'm', 'ws://h/p?modelling=1&model=m'],
    [
      'ws://h/s/barge-in/one/7/api-ws/v1/realtime',
      'a b&c=?',
      'ws://h/s/barge-in/one/7/api-ws/v1/realtime?model=a%20b%26c%3D%3F',
    ],
    ['ws://h/p', '', 'ws://h/p'],
  ])('%s with %s', (baseUrl, model, expected) => {
    const url = realtimeUrl(baseUrl, model);
    expect(url).toBe(expected);
    expect(url.split('?').length).toBeLessThanOrEqual(2);
  });

  test.each(['', 'localhost:8765', 'http://127.0.0.1:1/x'])('refuses "%s" with advice', (baseUrl) => {
    expect(() => realtimeUrl(baseUrl, 'm')).toThrow(expect.objectContaining({ code: 'E_INVALID_URL' }));
  });
});
