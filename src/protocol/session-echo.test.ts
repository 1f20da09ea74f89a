import { expect, test } from 'vitest';
import { applySessionUpdate, echoSession, findModel, initialSettings, resolveQuirks } from './index.js';

/** The session object as text, after one update. */
function echo(
  model: string,
  which: 'created' | 'updated',
  update: unknown = {},
  sessionEcho?: 'captured' | 'docs',
) {
  const found = findModel(model);
  if (found.kind !== 'omni') throw new Error(model);
  const quirks = resolveQuirks(found.family.id, { sessionEcho });
  const context = { inputStarted: false, audioProduced: false, responseActive: false, quirks };
  const result = applySessionUpdate(initialSettings(model, quirks), update, context);
  if (!result.ok) throw new Error(result.refusal.error.message);
  return JSON.stringify(echoSession(result.settings, 'sess_1', quirks, which));
}

const VAD =
  '{"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":800,"create_response":true,"interrupt_response":true}';
const CAPTURED =
  '"voice":"Tina","input_audio_format":"pcm","output_audio_format":"pcm","input_audio_transcription":{"model":"qwen3-asr-flash-realtime"}';

test('session.created as captured, key for key', () => {
  expect(echo('qwen3.5-omni-flash-realtime', 'created')).toBe(
    `{"object":"realtime.session","model":"qwen3.5-omni-flash-realtime","modalities":["text","audio"],${CAPTURED},"turn_detection":${VAD},"id":"sess_1"}`,
  );
});

test('session.updated as captured, key for key', () => {
  const tools = [{ type: 'function', function: { name: 'paint_color', parameters: { type: 'object' } } }];
  const update = { modalities: ['text'], instructions: 'Be brief.', max_tokens: 128, tools };
  expect(echo('qwen3.5-omni-flash-realtime', 'updated', update)).toBe(
    `{"id":"sess_1","object":"realtime.session","model":"qwen3.5-omni-flash-realtime","modalities":["text"],"instructions":"Be brief.",${CAPTURED},"turn_detection":${VAD},"tools":${JSON.stringify(tools)},"max_tokens":128}`,
  );
});

test('what is null is a missing key: a manual session has no turn_detection', () => {
  const update = { turn_detection: null, input_audio_transcription: null, top_k: null };
  const keys = Object.keys(JSON.parse(echo('qwen3.5-omni-plus-realtime', 'updated', update)));
  expect(keys).toEqual([
    'id',
    'object',
    'model',
    'modalities',
    'voice',
    'input_audio_format',
    'output_audio_format',
  ]);
});

test('TURBO prints what its documentation prints, and never sampling', () => {
  const session = JSON.parse(
    echo('qwen-omni-turbo-realtime', 'updated', { temperature: 0.1, tools: [{}], seed: 7 }),
  );
  expect(session).toMatchObject({
    input_audio_format: 'pcm16',
    output_audio_format: 'pcm16',
    input_audio_transcription: { model: 'gummy-realtime-v1' },
    tools: [],
    tool_choice: 'auto',
    temperature: 0.8,
  });
  expect(session.seed).toBeUndefined();
});

test('FLASH3 adds the sampling in force to session.updated only', () => {
  expect(JSON.parse(echo('qwen3-omni-flash-realtime', 'created'))).toMatchObject({ temperature: 0.8 });
  expect(echo('qwen3-omni-flash-realtime', 'created')).not.toContain('max_tokens');
  expect(JSON.parse(echo('qwen3-omni-flash-realtime', 'updated', { top_k: 7 }))).toMatchObject({
    output_audio_format: 'pcm24',
    temperature: 0.9,
    top_p: 1,
    top_k: 7,
    max_tokens: 16_384,
    repetition_penalty: 1.05,
    presence_penalty: 0,
    seed: -1,
    max_response_output_token: 'inf',
  });
});

test('a transcription model is echoed as sent on FLASH3 and fixed on OMNI35', () => {
  const update = { input_audio_transcription: { model: 'qwen3-asr-flash-realtime' } };
  expect(echo('qwen3-omni-flash-realtime', 'updated', update)).toContain(
    '"model":"qwen3-asr-flash-realtime"',
  );
  const gummy = { input_audio_transcription: { model: 'gummy-realtime-v1' } };
  expect(echo('qwen3.5-omni-plus-realtime', 'updated', gummy)).not.toContain('gummy');
});

test('only the side of audio that was set is echoed, in the captured order', () => {
  const update = { audio: { input: { format: { type: 'pcm', sample_rate: 24_000 } } } };
  expect(echo('qwen3.5-omni-flash-realtime', 'updated', update)).toContain(
    '"audio":{"input":{"format":{"sample_rate":24000,"type":"pcm"}}}',
  );
  expect(echo('qwen3-omni-flash-realtime', 'updated', update)).not.toContain('"audio":{');
});

test('the address and the credentials of an MCP server are never echoed', () => {
  const server = {
    type: 'mcp',
    server_label: 'files',
    server_url: 'https://tools.example.com/mcp',
    authorization: 'secret',
    headers: { 'x-key': 'secret' },
    require_approval: 'never',
  };
  expect(echo('qwen3.8-omni-flash-realtime', 'updated', { tools: [server] })).toContain(
    '"tools":[{"type":"mcp","server_label":"files","require_approval":"never"}]',
  );
});

test('the documentation form can be switched on for OMNI35', () => {
  expect(echo('qwen3.5-omni-plus-realtime', 'created', {}, 'docs')).toContain(
    '"tools":[],"tool_choice":"auto","temperature":0.8,"id":"sess_1"}',
  );
});
