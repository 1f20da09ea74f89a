/** Where traffic comes from: evidence before words, and a stand-in is never the service. */
import { describe, expect, test } from 'vitest';
import { provenanceOf } from './provenance.js';

const today = new Date('2026-11-26T23:59:59Z');
const captured = { kind: 'captured', date: '2026-11-26' };
const service = new URL('wss://dashscope.aliyuncs.com');

function judge(given: Partial<Parameters<typeof provenanceOf>[0]>) {
  return provenanceOf({
    upstream: service,
    isVerified: true,
    headers: [],
    declared: undefined,
    today,
    ...given,
  });
}

describe('the address of the service', () => {
  test.each([
    ['wss://dashscope.aliyuncs.com', captured],
    ['wss://dashscope-intl.aliyuncs.com/api-ws/v1/realtime', captured],
    ['wss://ws-1.cn-beijing.maas.aliyuncs.com', captured],
    ['ws://dashscope.aliyuncs.com', { kind: 'undeclared' }],
    ['wss://dashscope.aliyuncs.com.example.org', { kind: 'undeclared' }],
    ['wss://evil-maas.aliyuncs.com', { kind: 'undeclared' }],
    ['wss://maas.aliyuncs.com', { kind: 'undeclared' }],
    ['wss://127.0.0.1', { kind: 'undeclared' }],
  ])('%s', (url, expected) => {
    expect(judge({ upstream: new URL(url) })).toEqual(expected);
  });

  test('says nothing when its certificate was not verified', () => {
    expect(judge({ isVerified: false })).toEqual({ kind: 'undeclared' });
  });
});

describe('the word of the user', () => {
  const upstream = new URL('ws://127.0.0.1:1');
  test('counts where nothing else is known', () => {
    expect(judge({ upstream, declared: 'captured' })).toEqual(captured);
    expect(judge({ upstream, declared: 'simulated' })).toEqual({ kind: 'simulated', by: 'unknown' });
  });
});

describe('a stand-in', () => {
  test.each([
    ['0.1.0; scenario=barge-in; seed=7', { by: 'soundstage 0.1.0', scenario: 'barge-in', seed: 7 }],
    ['0.1.0', { by: 'soundstage 0.1.0' }],
    ['0.1.0; seed=x; scenario=', { by: 'soundstage 0.1.0' }],
    ['', { by: 'soundstage of an unknown version' }],
  ])('that says %s is simulated, whatever else is said', (value, expected) => {
    const headers = [['X-Soundstage', value]] as const;
    expect(judge({ headers, declared: 'captured' })).toEqual({ kind: 'simulated', ...expected });
  });
});
