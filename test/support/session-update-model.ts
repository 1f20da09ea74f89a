/**
 * A second, independent reading of section 7 of the protocol reference, for property tests of
 * `applySessionUpdate`. Written from the table, row by row; it must never import the validator's rules or data.
 */

export type Family = 'turbo' | 'flash3' | 'omni35' | 'omni38';
type Json = Record<string, unknown>;

/** What the model says a refusal is: number and param. */
export type Refused = readonly [id: string, param: string | undefined];

export interface ModelContext {
  inputStarted: boolean;
  audioProduced: boolean;
  responseActive: boolean;
}

/** The session as the model keeps it: plain, mutable, in its own words. */
export interface ModelState {
  modalities: unknown;
  voice: string;
  voiceByAudioOutput: boolean;
  instructions: string | undefined;
  input: { label: unknown; container: unknown; sampleRateHz: unknown; channels: unknown };
  output: { label: unknown; container: unknown; sampleRateHz: unknown };
  transcription: { model: unknown } | null;
  turnDetection: Json | null;
  tools: unknown;
  toolChoice: unknown;
  sampling: Json;
  enableSearch: boolean;
  representationCompact: unknown;
}

/** Voices the tests try, with what section 2.3 says of them. */
export const GOOD_VOICES: Record<Family, string[]> = {
  turbo: ['Chelsie', 'Cherry', 'Serena', 'Ethan'],
  flash3: ['Cherry', 'Chelsie', 'Eldric Sage', 'Ono Anna'],
  omni35: ['Tina', 'Eliška', 'Ethan', 'Liora Mira', 'qwen3.5-omni-plus-realtime-my-voice'],
  omni38: ['Tina', 'Zane', 'longanlingxin', 'qwen3.8-omni-flash-realtime-my-voice'],
};
export const BAD_VOICES: Record<Family, string[]> = {
  turbo: ['', 'Tina', 'cherry', 'qwen-omni-turbo-my-voice'],
  flash3: ['', 'Tina', 'Cherry ', 'Ono  Anna'],
  omni35: ['', 'Cherry', 'Chelsie', 'Eliska'],
  omni38: ['', 'Cherry', 'Ethan', 'Chelsie'],
};

const DEFAULT_VOICE = { turbo: 'Chelsie', flash3: 'Cherry', omni35: 'Tina', omni38: 'Tina' };
const INPUT_LABEL = { turbo: 'pcm16', flash3: 'pcm16', omni35: 'pcm', omni38: 'pcm' };
const OUTPUT_LABEL = { turbo: 'pcm16', flash3: 'pcm24', omni35: 'pcm', omni38: 'pcm' };
const FIXED_TRANSCRIBER = {
  turbo: 'gummy-realtime-v1',
  flash3: 'gummy-realtime-v1',
  omni35: 'qwen3-asr-flash-realtime',
  omni38: 'qwen3-asr-flash-realtime',
};
const MOST_TOKENS = { turbo: 2048, flash3: 16384, omni35: 16384, omni38: 65536 };
const SAMPLING: Record<Family, Json> = {
  turbo: sampling(1, 0.01, 20, 2048, 1.05, 0),
  flash3: sampling(0.9, 1, 50, 16384, 1.05, 0),
  omni35: sampling(0.7, 0.8, 20, 16384, 1, 1.5),
  omni38: sampling(0.6, 0.95, 20, 65536, 0, 1),
};

function sampling(
  temperature: number,
  top_p: number,
  top_k: number,
  max_tokens: number,
  repetition_penalty: number,
  presence_penalty: number,
): Json {
  return { temperature, top_p, top_k, max_tokens, repetition_penalty, presence_penalty, seed: -1 };
}

const DEFAULT_VAD = () => ({
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 800,
  create_response: true,
  interrupt_response: true,
});

export function modelStart(family: Family): ModelState {
  return {
    modalities: ['text', 'audio'],
    voice: DEFAULT_VOICE[family],
    voiceByAudioOutput: false,
    instructions: undefined,
    input: { label: INPUT_LABEL[family], container: 'pcm', sampleRateHz: 16000, channels: 1 },
    output: { label: OUTPUT_LABEL[family], container: 'pcm', sampleRateHz: 24000 },
    transcription: { model: FIXED_TRANSCRIBER[family] },
    turnDetection: DEFAULT_VAD(),
    tools: [],
    toolChoice: 'auto',
    sampling: { ...SAMPLING[family] },
    enableSearch: false,
    representationCompact: 'none',
  };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isInteger = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

/** Own value at a path, or undefined. */
function at(root: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
      root,
    );
}

/**
 * What the table says of one update: the refusal of the first row that fails, else the state afterwards.
 * `state` is never changed.
 */
export function modelUpdate(
  family: Family,
  state: ModelState,
  update: unknown,
  context: ModelContext,
): Refused | ModelState {
  if (update === undefined || update === null) return family === 'omni38' ? ['ERR38', 'session'] : state;
  if (!isObject(update)) return ['ERR38', 'session'];
  const next: ModelState = structuredClone(state);
  for (const row of [
    voices,
    flatFormats,
    nestedFormats,
    style,
    voiceActivity,
    numbers,
    searchAndTools,
    video,
  ]) {
    const refused = row(family, next, update, context, state);
    if (refused !== undefined) return refused;
  }
  return next;
}

type Rows = (
  family: Family,
  next: ModelState,
  update: Json,
  context: ModelContext,
  before: ModelState,
) => Refused | undefined;

/** `modalities`, `voice`, `audio.output.voice`. */
const voices: Rows = (family, next, update, context) => {
  const modalities = update['modalities'];
  if (modalities !== undefined) {
    if (!Array.isArray(modalities)) return ['ERR29', 'session.modalities'];
    const sent = JSON.stringify([...modalities].sort());
    if (sent !== '["text"]' && sent !== '["audio","text"]') return ['ERR1', 'session.modalities'];
    next.modalities = modalities;
  }
  const voice = update['voice'];
  const nested = family === 'omni38' ? at(update, 'audio.output.voice') : undefined;
  const nestedWins = next.voiceByAudioOutput || typeof nested === 'string';
  if (voice !== undefined && voice !== null) {
    if (typeof voice !== 'string') return ['ERR29', 'session.voice'];
    if (family !== 'omni38' && !GOOD_VOICES[family].includes(voice)) {
      return ['ERR13', family === 'omni35' ? undefined : 'session.voice'];
    }
    if (!nestedWins && context.audioProduced && voice !== next.voice) return ['ERR14', 'session.voice'];
    if (!nestedWins) next.voice = voice;
  }
  if (nested !== undefined) {
    if (typeof nested !== 'string') return ['ERR29', 'session.audio.output.voice'];
    if (context.audioProduced && nested !== next.voice) return ['ERR14', 'session.audio.output.voice'];
    next.voice = nested;
    next.voiceByAudioOutput = true;
  }
  return undefined;
};

const LABELS = ['pcm', 'pcm16', 'pcm24', 'wav'];

/** `input_audio_format`, `output_audio_format`. */
const flatFormats: Rows = (_family, next, update, context) => {
  const input = update['input_audio_format'];
  if (input !== undefined) {
    if (typeof input !== 'string') return ['ERR29', 'session.input_audio_format'];
    if (!LABELS.includes(input)) return ['ERR2', 'session.input_audio_format'];
    if (context.inputStarted && input !== next.input.label) return ['ERR31', 'session.audio.input.format'];
    next.input.label = input;
  }
  const output = update['output_audio_format'];
  if (output !== undefined) {
    if (typeof output !== 'string') return ['ERR29', 'session.output_audio_format'];
    if (!LABELS.includes(output)) return ['ERR2', 'session.output_audio_format'];
    const frozen = context.inputStarted || context.audioProduced;
    if (frozen && output !== next.output.label) return ['ERR31', 'session.audio.output.format'];
    next.output.label = output;
  }
  return undefined;
};

const RATES = [8000, 16000, 24000, 48000];
const LAYOUT: Record<string, string> = { 1: 'mono', 2: 'raw_mic_array', 4: 'foa_ambix' };

/** The rows from `audio.input.format.type` to `audio.output.format.sample_rate`. */
const nestedFormats: Rows = (family, next, update, context) => {
  if (family === 'turbo' || family === 'flash3') return undefined;
  for (const path of ['audio', 'audio.input', 'audio.input.format']) {
    const container = at(update, path);
    if (container !== undefined && !isObject(container)) return ['ERR29', `session.${path}`];
  }
  const refused = nestedInput(family, next, at(update, 'audio.input.format'), context);
  if (refused !== undefined) return refused;
  for (const path of ['audio.output', 'audio.output.format']) {
    const container = at(update, path);
    if (container !== undefined && !isObject(container)) return ['ERR29', `session.${path}`];
  }
  const format = at(update, 'audio.output.format');
  const where = 'session.audio.output.format';
  const frozen = context.inputStarted || context.audioProduced;
  const type = at(format, 'type');
  if (type !== undefined) {
    if (typeof type !== 'string') return ['ERR29', `${where}.type`];
    if (type !== 'pcm' && type !== 'wav') return ['ERR2', `${where}.type`];
    if (frozen && type !== next.output.container) return ['ERR31', where];
    next.output.container = type;
  }
  const rate = at(format, 'sample_rate');
  if (rate !== undefined) {
    if (typeof rate !== 'number' || !RATES.includes(rate)) return ['ERR29', `${where}.sample_rate`];
    if (frozen && rate !== next.output.sampleRateHz) return ['ERR31', where];
    next.output.sampleRateHz = rate;
  }
  return undefined;
};

function nestedInput(
  family: Family,
  next: ModelState,
  format: unknown,
  context: ModelContext,
): Refused | undefined {
  const where = 'session.audio.input.format';
  const sent = family === 'omni38' ? at(format, 'channels') : undefined;
  const channels = sent === 1 || sent === 2 || sent === 4 ? sent : next.input.channels;
  const multi = channels !== 1;
  const type = at(format, 'type');
  if (type !== undefined && typeof type !== 'string') return ['ERR29', `${where}.type`];
  if (type !== undefined && type !== 'pcm' && (multi || type !== 'wav')) return ['ERR2', `${where}.type`];
  if (context.inputStarted && type !== undefined && type !== next.input.container) return ['ERR31', where];
  next.input.container = type ?? next.input.container;
  if (multi && next.input.container !== 'pcm') return ['ERR2', `${where}.type`];
  const rate = at(format, 'sample_rate');
  const allowed = multi ? [16000] : RATES;
  if (rate !== undefined && (typeof rate !== 'number' || !allowed.includes(rate))) {
    return ['ERR29', `${where}.sample_rate`];
  }
  if (context.inputStarted && rate !== undefined && rate !== next.input.sampleRateHz) return ['ERR31', where];
  next.input.sampleRateHz = rate ?? next.input.sampleRateHz;
  if (multi && next.input.sampleRateHz !== 16000) return ['ERR29', `${where}.sample_rate`];
  if (family !== 'omni38') return undefined;
  if (sent !== undefined && sent !== 1 && sent !== 2 && sent !== 4) return ['ERR29', `${where}.channels`];
  if (context.inputStarted && sent !== undefined && sent !== next.input.channels) return ['ERR31', where];
  next.input.channels = channels;
  const expected: [string, unknown][] = [
    ['sample_format', 's16le'],
    ['packing', 'interleaved'],
    ['channel_layout', LAYOUT[String(channels)]],
  ];
  for (const [key, value] of expected) {
    const given = at(format, key);
    if (given === undefined || given === value) continue;
    return [given === null || typeof given === 'string' ? 'ERR2' : 'ERR29', `${where}.${key}`];
  }
  return undefined;
}

/** `smooth_output`, `instructions`, `input_audio_transcription`. */
const style: Rows = (family, next, update) => {
  const smooth = update['smooth_output'];
  if (family === 'flash3' && ![undefined, null, true, false].includes(smooth as boolean)) {
    return ['ERR29', 'session.smooth_output'];
  }
  const instructions = update['instructions'];
  if (instructions !== undefined) {
    if (instructions !== null && typeof instructions !== 'string') return ['ERR29', 'session.instructions'];
    next.instructions = instructions ?? undefined;
  }
  const transcription = update['input_audio_transcription'];
  if (transcription === undefined) return undefined;
  if (transcription !== null && !isObject(transcription)) {
    return ['ERR29', 'session.input_audio_transcription'];
  }
  if (transcription === null) {
    next.transcription = null;
    return undefined;
  }
  const fixed = FIXED_TRANSCRIBER[family];
  const model = at(transcription, 'model');
  if (model !== undefined && model !== null && typeof model !== 'string') {
    return ['ERR29', 'session.input_audio_transcription.model'];
  }
  const echoesName = family === 'turbo' || family === 'flash3';
  if (model === undefined) next.transcription ??= { model: fixed };
  else next.transcription = { model: echoesName ? (model ?? fixed) : fixed };
  return undefined;
};

/** The rows from `turn_detection` to `turn_detection.idle_timeout_ms`. */
const voiceActivity: Rows = (family, next, update) => {
  const sent = update['turn_detection'];
  if (sent === undefined) return undefined;
  const where = 'session.turn_detection';
  if (sent === null) {
    next.turnDetection = null;
    return undefined;
  }
  if (!isObject(sent)) return ['ERR29', where];
  const vad: Json = next.turnDetection ?? DEFAULT_VAD();
  next.turnDetection = vad;
  const type = at(sent, 'type');
  if (type !== undefined) {
    if (typeof type !== 'string') return ['ERR29', `${where}.type`];
    const types = family === 'turbo' || family === 'flash3' ? ['server_vad'] : ['server_vad', 'semantic_vad'];
    if (!types.includes(type)) return ['ERR2', `${where}.type`];
    vad['type'] = type;
    if (type === 'semantic_vad') delete vad['idle_timeout_ms'];
  }
  const rows: [string, (value: unknown) => boolean][] = [
    ['threshold', (value) => typeof value === 'number' && value >= -1 && value <= 1],
    ['silence_duration_ms', (value) => isInteger(value) && value >= 200 && value <= 6000],
    ['prefix_padding_ms', (value) => isInteger(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER],
    ['create_response', (value) => typeof value === 'boolean'],
    ['interrupt_response', (value) => typeof value === 'boolean'],
  ];
  if (family === 'omni35' && vad['type'] === 'server_vad') {
    rows.push(['idle_timeout_ms', (value) => isInteger(value) && value >= 5000 && value <= 30000]);
  }
  for (const [key, isValid] of rows) {
    const value = at(sent, key);
    if (value === undefined) continue;
    if (!isValid(value)) return ['ERR29', `${where}.${key}`];
    vad[key] = value;
  }
  return undefined;
};

/** The seven sampling parameters. */
const numbers: Rows = (family, next, update) => {
  if (family === 'turbo') return undefined;
  const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  const rows: [string, (value: unknown) => boolean][] = [
    ['temperature', (value) => isNumber(value) && value >= 0 && value < 2],
    ['top_p', (value) => isNumber(value) && value > 0 && value <= 1],
    [
      'top_k',
      (value) => value === null || (isInteger(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER),
    ],
    ['max_tokens', (value) => isInteger(value) && value >= 1 && value <= MOST_TOKENS[family]],
    ['repetition_penalty', (value) => isNumber(value) && (value > 0 || (value === 0 && family === 'omni38'))],
    ['presence_penalty', (value) => isNumber(value) && value >= -2 && value <= 2],
    ['seed', (value) => isInteger(value) && value >= -1 && value <= 2147483647],
  ];
  for (const [key, isValid] of rows) {
    const value = update[key];
    if (!Object.hasOwn(update, key) || value === undefined) continue;
    if (!isValid(value)) return ['ERR29', `session.${key}`];
    next.sampling[key] = value;
  }
  return undefined;
};

/** `enable_search`, `search_options`, `tools`, `tool_choice`. */
const searchAndTools: Rows = (family, next, update, context, before) => {
  if (family === 'turbo' || family === 'flash3') return undefined;
  const search = update['enable_search'];
  if (search !== undefined) {
    if (typeof search !== 'boolean') return ['ERR29', 'session.enable_search'];
    next.enableSearch = search;
  }
  const tools = update['tools'];
  const count = (value: unknown) => (Array.isArray(value) ? value.length : 0);
  const toolCount = tools === null || Array.isArray(tools) ? count(tools) : count(next.tools);
  if (next.enableSearch && toolCount > 0) return ['ERR30', 'session.enable_search'];
  const options = update['search_options'];
  if (next.enableSearch && options !== undefined && options !== null) {
    if (!isObject(options)) return ['ERR29', 'session.search_options'];
    const source = at(options, 'enable_source');
    if (source !== undefined && typeof source !== 'boolean') {
      return ['ERR29', 'session.search_options.enable_source'];
    }
  }
  if (tools !== undefined) {
    if (tools !== null && !Array.isArray(tools)) return ['ERR29', 'session.tools'];
    const entries: unknown[] = tools ?? [];
    const wrong = entries.findIndex((entry) => !isTool(entry, family === 'omni38'));
    if (wrong >= 0) return ['ERR29', `session.tools[${wrong}]`];
    const isMcp = (entry: unknown) => at(entry, 'type') === 'mcp';
    const changesMcp = entries.some(isMcp) || (before.tools as unknown[]).some(isMcp);
    if (context.responseActive && changesMcp) return ['ERR29', 'session.tools'];
    next.tools = entries;
  }
  if (update['tool_choice'] !== undefined) next.toolChoice = update['tool_choice'] ?? 'auto';
  return undefined;
};

/** A function with a name, nested or flat; on OMNI38 also an MCP server with label and address. */
function isTool(entry: unknown, mcp: boolean): boolean {
  const type = at(entry, 'type');
  if (type === 'mcp') {
    const url = at(entry, 'server_url');
    const label = at(entry, 'server_label');
    return (
      mcp &&
      typeof url === 'string' &&
      url.startsWith('https://') &&
      typeof label === 'string' &&
      label !== ''
    );
  }
  const name = at(entry, 'function') === undefined ? at(entry, 'name') : at(entry, 'function.name');
  return type === 'function' && typeof name === 'string' && name !== '';
}

/** `video.input.representation_compact`. */
const video: Rows = (family, next, update, context) => {
  if (family !== 'omni38') return undefined;
  for (const path of ['video', 'video.input']) {
    const container = at(update, path);
    if (container !== undefined && !isObject(container)) return ['ERR29', `session.${path}`];
  }
  const path = 'video.input.representation_compact';
  const value = at(update, path);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return ['ERR29', `session.${path}`];
  if (value !== 'none' && value !== 'normal') return ['ERR2', `session.${path}`];
  if (context.inputStarted && value !== next.representationCompact) return ['ERR31', `session.${path}`];
  next.representationCompact = value;
  return undefined;
};
