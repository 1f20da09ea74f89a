import { describe, expect, test } from 'vitest';
import { decideHandshake, type HandshakeConfig, type HandshakeQuirks } from './handshake.js';
import { answerPlainRequest } from './handshake-plain-http.js';
import { requestIdAt } from './handshake-request-id.js';
import { readTarget } from './handshake-target.js';

const REALTIME = '/api-ws/v1/realtime?model=qwen3.5-omni-plus-realtime';
const ID = requestIdAt(1);
const QUIRKS: HandshakeQuirks = {
  unknownModel: 'created-then-close',
  selectSubprotocol: true,
  keyErrorsAsEvents: false,
};
const NAMES = ['barge-in', 'default', 'tool-call'];
const CONFIG: HandshakeConfig = {
  quirksOf: () => QUIRKS,
  hasScenario: (name) => NAMES.includes(name),
  scenarioNames: NAMES,
};

function ask(
  target: string,
  headers: Record<string, string> = { authorization: 'Bearer sk-1' },
  config = CONFIG,
) {
  return decideHandshake({ target, headers }, config, ID);
}

function withQuirks(quirks: Partial<HandshakeQuirks>): HandshakeConfig {
  return { ...CONFIG, quirksOf: () => ({ ...QUIRKS, ...quirks }) };
}

describe('readTarget', () => {
  test.each([
    ['/api-ws/v1/realtime', { endpoint: 'realtime', model: null }],
    ['/api-ws/v1/realtime?model=m', { endpoint: 'realtime', model: 'm' }],
    ['/api-ws/v1/realtime?model=', { model: '' }],
    ['/api-ws/v1/realtime?model=a&model=b', { model: 'a' }],
    ['/api-ws/v1/realtime?workspace=w&model=a%20b', { model: 'a b' }],
    ['/api-ws/v1/realtime?model=%E4%BD%A0%ZZ', { model: '%E4%BD%A0%ZZ' }],
    ['/api-ws/v1/realtime?model=a+b', { model: 'a+b' }],
    ['/api-ws/v1/realtime?__proto__=x&model=m', { model: 'm' }],
    ['/api-ws/v1/realtime?scenario=s1?model=m', { model: 'm', scenario: 's1', malformedUrl: true }],
    ['/api-ws/v1/realtime?model=m#fragment', { model: 'm' }],
    ['http://host:1/api-ws/v1/realtime?model=m', { endpoint: 'realtime', model: 'm' }],
    ['/s/barge-in/api-ws/v1/realtime?model=m', { scenario: 'barge-in', name: undefined, model: 'm' }],
    ['/s/a/n/api-ws/v1/realtime', { scenario: 'a', name: 'n', seedText: undefined }],
    ['/s/a/n%2F1/7/api-ws/v1/realtime', { scenario: 'a', name: 'n/1', seedText: '7' }],
    ['/s/a/api-ws/v1/realtime?scenario=b&name=q&seed=3', { scenario: 'a', name: 'q', seedText: '3' }],
    ['/s/a/n/7/extra/api-ws/v1/realtime', { endpoint: 'other' }],
    ['/s//api-ws/v1/realtime', { endpoint: 'other' }],
    ['/', { endpoint: 'root' }],
    ['', { endpoint: 'root' }],
    ['*', { endpoint: 'other' }],
    ['/v1/realtime?model=m', { endpoint: 'other', path: '/v1/realtime' }],
    ['/api-ws/v1/realtime/', { endpoint: 'other' }],
    ['%', { endpoint: 'other', path: '%' }],
  ])('%s', (target, expected) => {
    expect(readTarget(target)).toMatchObject(expected);
  });
});

describe('API keys', () => {
  test.each([
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['a bare key', { authorization: 'sk-1' }],
    ['a scheme without a key', { authorization: 'Bearer ' }],
    ['two keys', { authorization: 'Bearer a b' }],
    ['another scheme', { authorization: 'Basic sk-1' }],
    ['an empty key in a subprotocol', { 'sec-websocket-protocol': 'realtime, openai-insecure-api-key.' }],
  ])('%s is 401 in the shape of the service', (_, headers) => {
    expect(ask(REALTIME, headers)).toEqual({
      accept: false,
      status: 401,
      headers: { 'x-request-id': ID },
      body: `{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"${ID}"}`,
    });
  });

  test.each([
    ['Bearer', { authorization: 'Bearer sk-1' }],
    ['bearer', { authorization: 'bearer sk-1' }],
    ['BEARER and spaces', { authorization: 'BEARER   sk-1 ' }],
    ['a subprotocol', { 'sec-websocket-protocol': 'openai-insecure-api-key.sk-1, realtime' }],
  ])('a key by %s is accepted when no keys are configured', (_, headers) => {
    expect(ask(REALTIME, headers)).toMatchObject({ accept: true, apiKeyState: 'ok' });
  });

  const keys = { known: ['sk-good'], denied: ['sk-denied'], arrears: ['sk-poor'] };
  test.each([
    ['sk-good', { accept: true, apiKeyState: 'ok' }],
    ['sk-poor', { accept: true, apiKeyState: 'arrears' }],
    ['sk-denied', { accept: false, status: 403 }],
    ['sk-other', { accept: false, status: 401 }],
  ])('with configured keys, %s gives %o', (key, expected) => {
    expect(ask(REALTIME, { authorization: `Bearer ${key}` }, { ...CONFIG, keys })).toMatchObject(expected);
  });

  test('keyErrorsAsEvents accepts what would be 401 or 403, to send the error as an event', () => {
    const config = { ...withQuirks({ keyErrorsAsEvents: true }), keys };
    for (const authorization of ['', 'Bearer sk-denied', 'Bearer sk-other']) {
      expect(ask(REALTIME, { authorization }, config)).toMatchObject({
        accept: true,
        apiKeyState: 'event-auth-error',
      });
    }
  });

  test('no answer repeats a key', () => {
    const answers = [ask(REALTIME, { authorization: 'Bearer sk-denied' }, { ...CONFIG, keys }), ask('/x')];
    expect(JSON.stringify(answers)).not.toContain('sk-');
  });
});

describe('model, subprotocol, scenario, seed', () => {
  test.each([
    ['/api-ws/v1/realtime', null],
    ['/api-ws/v1/realtime?model=no-such-model', 'no-such-model'],
  ])('%s is accepted by default, and 400 under unknownModel=http-400', (target, model) => {
    expect(ask(target)).toMatchObject({ accept: true, model });
    const refused = ask(target, undefined, withQuirks({ unknownModel: 'http-400' }));
    expect(refused).toMatchObject({ accept: false, status: 400 });
    expect(refused).toHaveProperty('body', expect.stringContaining(`Model not found (${model})!`));
    expect(ask(REALTIME, undefined, withQuirks({ unknownModel: 'http-400' })).accept).toBe(true);
  });

  test.each([
    ['realtime', true, 'realtime'],
    ['openai-insecure-api-key.k, realtime, openai-beta.realtime-v1', true, 'realtime'],
    ['openai-beta.realtime-v1', true, undefined],
    ['realtime', false, undefined],
  ])('of "%s" with selectSubprotocol=%s, %s is selected', (offered, selectSubprotocol, subprotocol) => {
    const headers = { authorization: 'Bearer k', 'sec-websocket-protocol': offered };
    expect(ask(REALTIME, headers, withQuirks({ selectSubprotocol }))).toMatchObject({ subprotocol });
  });

  test('the scenario comes from the path, then the query, then the header, then the key', () => {
    const headers = { authorization: 'Bearer sk-scenario-tool-call' };
    const withHeader = { ...headers, 'x-soundstage-scenario': 'default' };
    expect(ask(REALTIME)).toHaveProperty('scenario', undefined);
    expect(ask(REALTIME, headers)).toHaveProperty('scenario', 'tool-call');
    expect(ask(REALTIME, withHeader)).toHaveProperty('scenario', 'default');
    expect(ask(`${REALTIME}&scenario=barge-in`, withHeader)).toHaveProperty('scenario', 'barge-in');
    expect(ask(`/s/tool-call${REALTIME}&scenario=barge-in`)).toHaveProperty('scenario', 'tool-call');
  });

  test('an unknown scenario is 404 and names the nearest ones, nearest first', () => {
    const refused = ask(`/s/barge-inn${REALTIME}`);
    expect(refused).toMatchObject({ accept: false, status: 404 });
    expect(refused).toHaveProperty('body', expect.stringMatching(/no scenario 'barge-inn'.* Try 'barge-in'/));
    expect(ask(`/s/__proto__${REALTIME}`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['7', 7],
    ['-3', -3],
    ['9007199254740991', 9007199254740991],
  ])('seed %s is read', (text, seed) => {
    expect(ask(`/s/default/n/${text}${REALTIME}`)).toMatchObject({ accept: true, name: 'n', seed });
  });

  test.each(['1.5', 'x', '', '9007199254740993', '1e3'])('seed "%s" is 400', (text) => {
    expect(ask(`${REALTIME}&seed=${text}`)).toMatchObject({ accept: false, status: 400 });
  });

  test('a wrong path is 404 and names the right one, whatever the key', () => {
    const refused = ask('/v1/realtime?model=m', {});
    expect(refused).toMatchObject({ accept: false, status: 404 });
    expect(refused).toHaveProperty('body', expect.stringContaining('/api-ws/v1/realtime?model='));
  });

  test('a second question mark is accepted and reported', () => {
    expect(ask('/api-ws/v1/realtime?seed=4?model=m')).toMatchObject({
      model: 'm',
      seed: 4,
      malformedUrl: true,
    });
    expect(ask(REALTIME)).toHaveProperty('malformedUrl', false);
  });
});

describe('plain HTTP', () => {
  test.each([
    ['/', 200, 'soundstage is running'],
    ['/api-ws/v1/realtime?model=m', 426, 'speaks WebSocket'],
    ['/elsewhere', 404, '/api-ws/v1/realtime'],
  ])('GET %s is %i', (target, status, text) => {
    const answer = answerPlainRequest(target, 'ws://127.0.0.1:1', ID);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(JSON.parse(answer.body))).toContain(text);
  });

  test('request ids are UUID-shaped and counted', () => {
    expect([requestIdAt(1), requestIdAt(255)]).toEqual([
      '00000000-0000-4000-8000-000000000001',
      '00000000-0000-4000-8000-0000000000ff',
    ]);
  });
});

describe('the switches of a chosen scenario', () => {
  const config: HandshakeConfig = {
    ...CONFIG,
    quirksOf: (scenario) => ({ ...QUIRKS, unknownModel: scenario === 'barge-in' ? 'http-400' : 'close' }),
  };

  test('decide about a client that chose it, and about no other', () => {
    const unknown = '/api-ws/v1/realtime?model=no-such-model';
    expect(ask(`/s/barge-in${unknown}`, undefined, config)).toMatchObject({ accept: false, status: 400 });
    expect(ask(unknown, undefined, config)).toMatchObject({ accept: true });
  });
});
