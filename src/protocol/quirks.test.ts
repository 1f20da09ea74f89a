import { expect, test } from 'vitest';
import { FAMILY_IDS, parseQuirkOverride, QUIRKS, type Quirks, resolveQuirks } from './index.js';

test('the defaults of OMNI35, all of them', () => {
  expect(resolveQuirks('omni35')).toEqual({
    emitDoneOnCancel: false,
    sessionEcho: 'captured',
    dropCreateBeforeItemFinished: false,
    closeOnVadCommit: false,
    echoErrorEventId: false,
    outOfRange: 'reject',
    echoClientItemIds: false,
    refuseSessionFinish: false,
    closeAfterSessionFinish: false,
    minCommitMs: 0,
    lateDeltasAfterCancel: 0,
    transcriptionOrder: 'before-response',
    userItemRole: 'user',
    itemCreatedBeforeCommit: false,
    unknownModel: 'created-then-close',
    selectSubprotocol: true,
    truncateCloseReason: true,
    imageLimit: 'base64-256k',
    audioItemKey: 'text',
    createDuringToolCall: 'refuse',
    acceptItemDelete: true,
    keyErrorsAsEvents: false,
  } satisfies Quirks);
});

test('what differs between the families', () => {
  const byFamily = FAMILY_IDS.map((id) => resolveQuirks(id));
  expect(byFamily.map(({ emitDoneOnCancel }) => emitDoneOnCancel)).toEqual([true, true, false, true]);
  expect(byFamily.map(({ sessionEcho }) => sessionEcho)).toEqual(['docs', 'docs', 'captured', 'captured']);
  expect(byFamily.map(({ imageLimit }) => imageLimit)).toEqual([
    'raw-500k',
    'raw-500k',
    'base64-256k',
    'base64-256k',
  ]);
});

test('overrides by name', () => {
  expect(resolveQuirks('omni35', { emitDoneOnCancel: true, minCommitMs: 100 })).toMatchObject({
    emitDoneOnCancel: true,
    minCommitMs: 100,
  });
  expect(resolveQuirks('omni35', { outOfRange: undefined }).outOfRange).toBe('reject');
});

test('overrides from the command line', () => {
  expect(parseQuirkOverride('emitDoneOnCancel=true')).toEqual({ emitDoneOnCancel: true });
  expect(parseQuirkOverride(' minCommitMs = 100 ')).toEqual({ minCommitMs: 100 });
  expect(parseQuirkOverride('outOfRange=clamp')).toEqual({ outOfRange: 'clamp' });
});

test.each([
  ['emitDoneOnCansel=true', 'E_QUIRK_UNKNOWN', /Try 'emitDoneOnCancel'/],
  ['__proto__=true', 'E_QUIRK_UNKNOWN', /there is none of that name/],
  ['emitDoneOnCancel', 'E_QUIRK_VALUE', /its values are true, false/],
  ['emitDoneOnCancel=1', 'E_QUIRK_VALUE', /its values are true, false/],
  ['outOfRange=clam', 'E_QUIRK_VALUE', /Try outOfRange=clamp/],
  ['minCommitMs=-1', 'E_QUIRK_VALUE', /an integer from 0 to 60000/],
  ['minCommitMs=99999999', 'E_QUIRK_VALUE', /Try minCommitMs=60000/],
])('%s is refused', (text, code, message) => {
  expect(() => parseQuirkOverride(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

test('every default is a value of its row', () => {
  for (const { name, defaults } of QUIRKS) {
    for (const family of FAMILY_IDS) {
      expect(() => resolveQuirks(family, { [name]: defaults[family] })).not.toThrow();
    }
  }
});
