/**
 * Parameter sets for property tests of `session.update`: for each parameter the values at and beside its
 * bounds first, then wrong types. Data and generators only; it must never say what is valid.
 */
import { fc } from '@fast-check/vitest';
import { BAD_VOICES, type Family, GOOD_VOICES } from './session-update-model.js';

const WRONG_TYPES: unknown[] = [null, true, '1', '', [], {}, [1], { a: 1 }];
const EDGES: unknown[] = [
  0,
  -1,
  1,
  1e308,
  -1e308,
  Number.POSITIVE_INFINITY,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  5e-324,
];
const BOOLEANS: unknown[] = [true, false, null, 'true', 0, 1];
const FORMAT_LABELS: unknown[] = ['pcm', 'pcm16', 'pcm24', 'wav', 'opus', 'g711_ulaw', 'PCM', ...WRONG_TYPES];
const CONTAINERS: unknown[] = ['pcm', 'wav', 'opus', ...WRONG_TYPES];
const RATES: unknown[] = [16000, 8000, 24000, 48000, 7999, 16001, 44100, 96000, 0, -8000, ...WRONG_TYPES];
const MCP = { type: 'mcp', server_label: 'files', server_url: 'https://tools.example.com/mcp' };
const FUNCTION = {
  type: 'function',
  function: { name: 'look_up', parameters: { type: 'object', properties: {} } },
};
const VAD_TYPES: unknown[] = [
  'server_vad',
  'semantic_vad',
  'none',
  'smart_turn',
  '__proto__',
  ...WRONG_TYPES,
];

/** Values to try for every parameter, nearest to its bounds first. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  modalities: [
    ['text'],
    ['text', 'audio'],
    ['audio', 'text'],
    ['audio'],
    [],
    ['text', 'text'],
    ['text', 'video'],
    ['text', 'audio', 'text'],
    [['text']],
    [null],
    'text',
    null,
    { 0: 'text', length: 1 },
  ],
  input_audio_format: FORMAT_LABELS,
  output_audio_format: FORMAT_LABELS,
  'audio.input.format.type': CONTAINERS,
  'audio.input.format.sample_rate': RATES,
  'audio.input.format.channels': [2, 1, 4, 0, 3, 5, -1, 1.5, ...WRONG_TYPES],
  'audio.input.format.sample_format': ['s16le', 's24le', ...WRONG_TYPES],
  'audio.input.format.packing': ['interleaved', 'planar', ...WRONG_TYPES],
  'audio.input.format.channel_layout': ['mono', 'raw_mic_array', 'foa_ambix', 'stereo', ...WRONG_TYPES],
  'audio.output.format.type': CONTAINERS,
  'audio.output.format.sample_rate': RATES,
  audio: [null, 1, [], {}],
  'audio.input': [null, 1, [], {}],
  'audio.input.format': [null, 'pcm', [], {}],
  'audio.output': [null, 1, [], {}],
  'audio.output.format': [null, 'pcm', [], {}],
  smooth_output: BOOLEANS,
  instructions: ['', 'Be brief.', null, 1, [], {}],
  input_audio_transcription: [null, {}, { model: null }, true, 'gummy-realtime-v1', [], { language: 'zh' }],
  'input_audio_transcription.model': [
    'qwen3-asr-flash-realtime',
    'gummy-realtime-v1',
    'whisper-1',
    '',
    null,
    1,
    {},
  ],
  turn_detection: [null, {}, false, 'server_vad', [], 0],
  'turn_detection.type': VAD_TYPES,
  'turn_detection.threshold': [-1, 1, -1.0000001, 1.0000001, 0, 0.2, 0.5, ...EDGES, ...WRONG_TYPES],
  'turn_detection.silence_duration_ms': [200, 6000, 199, 6001, 800, 800.5, ...EDGES, ...WRONG_TYPES],
  'turn_detection.prefix_padding_ms': [0, -1, 300, 0.5, ...EDGES, ...WRONG_TYPES],
  'turn_detection.create_response': BOOLEANS,
  'turn_detection.interrupt_response': BOOLEANS,
  'turn_detection.idle_timeout_ms': [5000, 30000, 4999, 30001, 5000.5, ...EDGES, ...WRONG_TYPES],
  temperature: [0, 2, 1.9999999, -0.0000001, 0.7, ...EDGES, ...WRONG_TYPES],
  top_p: [0, 1, 1.0000001, 0.0000001, 0.8, ...EDGES, ...WRONG_TYPES],
  top_k: [0, null, -1, 100, 101, 1.5, ...EDGES, ...WRONG_TYPES],
  max_tokens: [1, 0, 2048, 2049, 16384, 16385, 65536, 65537, 1.5, 'inf', ...EDGES, ...WRONG_TYPES],
  repetition_penalty: [0, 0.0000001, -0.0000001, 1.05, ...EDGES, ...WRONG_TYPES],
  presence_penalty: [-2, 2, -2.0000001, 2.0000001, 1.5, ...EDGES, ...WRONG_TYPES],
  seed: [0, -1, -2, 2147483647, 2147483648, 0.5, ...EDGES, ...WRONG_TYPES],
  enable_search: BOOLEANS,
  search_options: [null, {}, 1, []],
  'search_options.enable_source': BOOLEANS,
  tools: [
    [FUNCTION],
    [],
    null,
    [{ type: 'function', name: 'look_up' }],
    [FUNCTION, { type: 'function', function: {} }],
    [{ type: 'function', function: { name: '' } }],
    [{ function: { name: 'look_up' } }],
    [MCP],
    [FUNCTION, MCP],
    [{ ...MCP, server_url: 'http://tools.example.com' }],
    [null],
    [[]],
    {},
    'look_up',
  ],
  tool_choice: [
    'auto',
    'none',
    'required',
    { type: 'function', function: { name: 'look_up' } },
    'never',
    null,
    1,
  ],
  video: [null, 1, {}],
  'video.input': [null, 1, {}],
  'video.input.representation_compact': ['none', 'normal', 'high', ...WRONG_TYPES],
  // None of these is a parameter of the Omni families.
  __proto__x: [{ voice: 'Nobody' }],
  constructor: [{ voice: 'Nobody' }, null],
  turn_detection_threshold: [0.2, 'high'],
  sample_rate: [16000, 1],
  translation: [{ language: 'xx' }],
  model: ['qwen3.8-omni-flash-realtime', null],
};

/** A parameter set as pairs of path and value. */
export type Assignment = readonly [path: string, value: unknown];

function valuesOf(path: string, family: Family): readonly unknown[] {
  return VALUES[path] ?? [...GOOD_VOICES[family], ...BAD_VOICES[family], ...WRONG_TYPES];
}

const PATHS = ['voice', 'audio.output.voice', ...Object.keys(VALUES)];

/** Every parameter with every value, one at a time. */
export function singleAssignments(family: Family): Assignment[] {
  return PATHS.flatMap((path) => valuesOf(path, family).map((value) => [path, value] as const));
}

/** Builds the `session` of an update; what stands deeper is written later and wins over its parent. */
export function buildUpdate(assignments: readonly Assignment[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  const byDepth = [...assignments].sort(
    ([left], [right]) => left.split('.').length - right.split('.').length,
  );
  for (const [path, value] of byDepth) write(root, path.split('.'), structuredClone(value));
  return root;
}

function write(root: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let object = root;
  for (const key of keys.slice(0, -1)) {
    const inner = Object.hasOwn(object, key) ? object[key] : undefined;
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    if (!isObject) object[key] = {};
    object = object[key] as Record<string, unknown>;
  }
  const last = keys.at(-1) ?? '';
  object[last] = value;
}

/** Parameters that depend on each other; drawn together, their rows meet. */
const CLUSTERS: readonly (readonly string[])[] = [
  PATHS,
  PATHS.filter((path) => path.startsWith('audio') || path === 'voice' || path.endsWith('_format')),
  PATHS.filter((path) => path.startsWith('audio.input.format.')),
  PATHS.filter((path) => path.startsWith('turn_detection')),
  ['temperature', 'top_p', 'top_k', 'max_tokens', 'repetition_penalty', 'presence_penalty', 'seed'],
  ['enable_search', 'search_options', 'search_options.enable_source', 'tools', 'tool_choice'],
];

/** One parameter set of up to eight parameters. */
export function updates(family: Family): fc.Arbitrary<Record<string, unknown>> {
  return fc.constantFrom(...CLUSTERS).chain((paths) => updatesOf(family, paths, 8));
}

/** Up to eight small parameter sets about the same parameters, each with the state in which it arrives. */
export function updateSequences(family: Family) {
  return fc
    .constantFrom(...CLUSTERS)
    .chain((paths) =>
      fc.array(fc.tuple(updatesOf(family, paths, 3), contexts), { minLength: 1, maxLength: 8 }),
    );
}

function updatesOf(
  family: Family,
  paths: readonly string[],
  maxLength: number,
): fc.Arbitrary<Record<string, unknown>> {
  // The first values are mostly valid ones; without the bias hardly any parameter set would be.
  const assignment = fc.constantFrom(...paths).chain((path) => {
    const values = valuesOf(path, family);
    const value = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...values.slice(0, 2)) },
      { weight: 1, arbitrary: fc.constantFrom(...values) },
    );
    return fc.tuple(fc.constant(path), value);
  });
  return fc.array(assignment, { maxLength }).map(buildUpdate);
}

/** Once something is frozen most updates are refused, so it seldom is. */
const rarely = fc.oneof(
  { weight: 4, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);

/** Whether audio has flowed, and whether a response is running. */
export const contexts = fc.record({
  inputStarted: rarely,
  audioProduced: rarely,
  responseActive: rarely,
});
