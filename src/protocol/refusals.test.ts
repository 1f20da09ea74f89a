import { describe, expect, test } from 'vitest';
import { ERROR_CATALOGUE, type ErrorSlug, LIMITS, refuse } from './index.js';
import { utf8Bytes } from './usage.js';

/** Copied from sections 6 and 11.3 of the protocol reference: slug, values, type, code, message, param. */
const CATALOGUED: [ErrorSlug, Record<string, string>, unknown, unknown, string, unknown][] = [
  [
    'bad-modalities',
    { value: "['audio']" },
    'invalid_request_error',
    'invalid_value',
    "Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text'].",
    'session.modalities',
  ],
  [
    'unknown-event-type',
    { type: 'totally.invalid.event' },
    'invalid_request_error',
    undefined,
    "Invalid value: 'totally.invalid.event'.",
    undefined,
  ],
  [
    'image-before-audio',
    {},
    'invalid_request_error',
    undefined,
    'Error append image before append audio.',
    undefined,
  ],
  [
    'commit-empty-buffer',
    {},
    'invalid_request_error',
    undefined,
    'Error committing input audio buffer: buffer too small, or have no audio.',
    undefined,
  ],
  [
    'cancel-without-response',
    {},
    'invalid_request_error',
    undefined,
    'Conversation has none active response',
    undefined,
  ],
  [
    'response-already-active',
    {},
    'invalid_request_error',
    undefined,
    'Conversation already has an active response',
    undefined,
  ],
  [
    'create-while-speaking',
    {},
    'invalid_request_error',
    'invalid_value',
    'Cannot create response while user is speaking.',
    'response.create',
  ],
  [
    'nothing-to-answer',
    {},
    'invalid_request_error',
    undefined,
    'Cannot create response without input, history, or instructions',
    undefined,
  ],
  [
    'unknown-call-id',
    { id: 'call_1' },
    'invalid_request_error',
    undefined,
    'Unknown function call id: call_1',
    undefined,
  ],
  [
    'duplicate-call-output',
    {},
    'invalid_request_error',
    undefined,
    'Duplicate function call output for call_id',
    undefined,
  ],
  [
    'semantic-vad-rejected',
    {},
    'invalid_request_error',
    undefined,
    'Input speech was not accepted by semantic turn detection.',
    undefined,
  ],
  ['commit-in-vad', {}, 'server_error', 'InternalError', 'Internal service error: null', undefined],
  [
    'model-failure',
    {},
    'server_error',
    'InternalError.Algo.ModelServingError',
    '<50002> InternalError.Algo.ModelServingError',
    undefined,
  ],
  ['model-timeout', {}, 'server_error', undefined, 'Response timeout.', undefined],
  [
    'idle-timeout',
    {},
    'server_error',
    'response_idle_timeout',
    'Your session was closed because no response was generated for 300 seconds.',
    undefined,
  ],
  [
    'quota-allocation',
    {},
    'invalid_request_error',
    'Throttling.AllocationQuota',
    'Allocated quota exceeded, please increase your quota limit.',
    undefined,
  ],
  [
    'quota-rate',
    {},
    'invalid_request_error',
    'Throttling.RateQuota',
    'Requests rate limit exceeded, please try again later.',
    undefined,
  ],
  [
    'auth-as-event',
    {},
    'authentication_error',
    'invalid_api_key',
    'The API key is invalid or does not have permission for this model.',
    undefined,
  ],
  [
    'content-inspection',
    {},
    'invalid_request_error',
    'data_inspection_failed',
    'The input data may contain inappropriate content.',
    undefined,
  ],
  [
    'append-too-long',
    {},
    'invalid_request_error',
    'invalid_value',
    'Audio exceeds the limit of 15728640 characters.',
    'audio',
  ],
  ['invalid-json', {}, 'invalid_request_error', undefined, 'Invalid JSON.', undefined],
  ['frame-not-object', {}, 'invalid_request_error', undefined, 'Invalid message format.', undefined],
  [
    'missing-parameter',
    { name: 'audio' },
    'invalid_request_error',
    'invalid_value',
    "Missing required parameter: 'audio'.",
    'audio',
  ],
  ['binary-frame', {}, 'invalid_request_error', undefined, 'Invalid message format.', undefined],
  [
    'session-finish-refused',
    {},
    'invalid_request_error',
    undefined,
    "Invalid value: 'session.finish'.",
    undefined,
  ],
];

test.each(CATALOGUED)('%s is answered as catalogued', (slug, values, type, code, message, param) => {
  const { error } = refuse(slug, values);
  expect({ type: error.type, code: error.code, message: error.message, param: error.param }).toEqual({
    type,
    code,
    message,
    param,
  });
  expect(Object.values(error)).not.toContain(undefined);
});

test('keys come in the order type, code, message, param', () => {
  expect(JSON.stringify(refuse('create-while-speaking').error)).toBe(
    '{"type":"invalid_request_error","code":"invalid_value","message":"Cannot create response while user is speaking.","param":"response.create"}',
  );
});

describe('closes', () => {
  test.each<[ErrorSlug, Record<string, string>, number, string]>([
    ['model-not-found', { model: 'nonsense' }, 1007, 'Model not found (nonsense)!'],
    ['arrears', {}, 1007, 'Access denied, please make sure your account is in good standing.'],
    ['idle-timeout', {}, 1007, 'Your session was closed because no response was generated for 300 seconds.'],
    ['commit-in-vad-closing', {}, 1011, 'Internal service error: null'],
    ['session-duration', {}, 1000, 'Session duration limit exceeded'],
    ['frame-too-large', {}, 1009, ''],
  ])('%s', (slug, values, code, reason) => {
    expect(refuse(slug, values).close).toEqual({ code, reason });
  });

  test('only the free-tier reason is longer than a close frame allows', () => {
    const values = { model: 'qwen3-livetranslate-flash-realtime', sibling: 'livetranslate', voice: 'Nobody' };
    const tooLong = ERROR_CATALOGUE.filter(
      ({ slug }) => utf8Bytes(refuse(slug, allValues(values)).close?.reason ?? '') > LIMITS.closeReasonBytes,
    );
    expect(tooLong.map(({ slug }) => slug)).toEqual(['free-tier-exhausted']);
  });
});

/** Values for every placeholder of the catalogue. */
function allValues(values: Record<string, string>) {
  const rest = {
    value: "'x'",
    supported: "'pcm'",
    path: 'voice',
    type: 'x',
    id: 'c',
    range: '[0, 2)',
    name: 'audio',
  };
  return { ...rest, expected: 'string', widthPx: 4000, heightPx: 3000, ...values };
}

test('ERR1 to ERR44 are all there, in order, and slugs are unique', () => {
  const numbers = [...new Set(ERROR_CATALOGUE.map(({ id }) => Number(id.slice(3))))];
  expect(numbers.slice(0, 44)).toEqual(Array.from({ length: 44 }, (_, index) => index + 1));
  expect(new Set(ERROR_CATALOGUE.map(({ slug }) => slug)).size).toBe(ERROR_CATALOGUE.length);
});

test('a row survives exactly when it does not close the connection or refuse the upgrade', () => {
  for (const row of ERROR_CATALOGUE) {
    expect([row.slug, row.survives]).toEqual([
      row.slug,
      row.close === undefined && row.httpStatus === undefined,
    ]);
  }
});

test('param may be given, a missing value is an error of ours, an endless one is cut', () => {
  expect(refuse('out-of-range', { path: 'x', value: '1', range: '[0]', param: 'tools[0]' }).error.param).toBe(
    'tools[0]',
  );
  expect(() => refuse('unknown-call-id')).toThrow(
    /needs 'id'\. Try refuse\('unknown-call-id', \{ id: … \}\)/,
  );
  expect(refuse('unknown-call-id', { id: 'x'.repeat(100_000) }).error.message.length).toBeLessThan(400);
  expect(refuse('unknown-call-id', { id: '{voice} $& $1' }).error.message).toBe(
    'Unknown function call id: {voice} $& $1',
  );
});
