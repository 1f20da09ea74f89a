/**
 * The tables of the model families and of ids, from MODEL_FAMILIES and ID_PATTERNS. It must never state a fact that
 * is not in the data; what a row is called is all it adds.
 */
import {
  FAMILY_IDS,
  type FamilyCapabilities,
  findModel,
  ID_PATTERNS,
  type IdKind,
  MODEL_FAMILIES,
  type ModelFamily,
} from '../../src/protocol/index.js';
import { code, grouped, table, yesNo } from './markdown.js';

const FAMILIES: readonly ModelFamily[] = FAMILY_IDS.map((id) => MODEL_FAMILIES[id]);
const HEADER = ['', ...FAMILIES.map(({ label }) => label)];

/** What each capability is called, in the order of the table. */
const CAPABILITY_NAMES: Readonly<Record<keyof FamilyCapabilities, string>> = {
  semanticVad: '`semantic_vad`',
  idleTimeout: '`turn_detection.idle_timeout_ms`',
  tools: 'function tools',
  mcp: 'MCP tools',
  search: '`enable_search`',
  sampling: 'sampling values, `max_tokens`',
  smoothOutput: '`smooth_output`',
  nestedAudio: '`audio.input.format`, `audio.output.format`',
  multichannel: 'input of 2 or 4 channels',
  nestedVoice: '`audio.output.voice`',
  videoCompaction: '`video.input.representation_compact`',
  clonedVoices: 'ids of cloned voices',
  transcriptionDeltas: 'transcription deltas',
  completedInManualMode: '`.completed` transcription in manual mode',
  sessionRequired: '`session` required in `session.update`',
  echoesTranscriptionModel: 'echoes the transcription model as sent',
  refusesCommitInVad: 'refuses a manual commit in VAD mode (ERR15)',
};

function rowOf(name: string, cell: (family: ModelFamily) => string): string[] {
  return [name, ...FAMILIES.map(cell)];
}

/** Models, capabilities and the way a voice is refused (§2.1). */
export function capabilityTable(): string {
  const names = Object.entries(CAPABILITY_NAMES) as [keyof FamilyCapabilities, string][];
  return table(HEADER, [
    rowOf('models', ({ models }) => models.map(code).join(', ')),
    ...names.map(([key, name]) => rowOf(name, ({ capabilities }) => yesNo(capabilities[key]))),
    rowOf('unsupported voice', ({ voiceRefusal }) => VOICE_REFUSALS[voiceRefusal]),
  ]);
}

const VOICE_REFUSALS: Readonly<Record<ModelFamily['voiceRefusal'], string>> = {
  survive: 'update refused',
  close: 'update refused, then close',
  defer: 'next response refused',
};

/** Where a session of each family starts (§2.2). */
export function defaultsTable(): string {
  const { sampling: names } = FAMILIES[0]?.defaults ?? MODEL_FAMILIES.turbo.defaults;
  return table(HEADER, [
    rowOf('`voice`', ({ defaults }) => code(defaults.voice)),
    rowOf('`modalities`', () => 'text and audio'),
    rowOf('`input_audio_format`', ({ defaults }) => code(defaults.inputFormatLabel)),
    rowOf('`output_audio_format`', ({ defaults }) => code(defaults.outputFormatLabel)),
    rowOf('input, Hz', ({ defaults }) => grouped(defaults.inputSampleRateHz)),
    rowOf('output, Hz', ({ defaults }) => grouped(defaults.outputSampleRateHz)),
    rowOf('transcription model', ({ defaults }) => code(defaults.transcriptionModel)),
    rowOf('`turn_detection.type`', () => '`server_vad`'),
    rowOf('`threshold`', ({ defaults }) => String(defaults.vadThreshold)),
    rowOf('`prefix_padding_ms`', ({ defaults }) => grouped(defaults.prefixPaddingMs)),
    rowOf('`silence_duration_ms`', ({ defaults }) => grouped(defaults.silenceDurationMs)),
    ...(Object.keys(names) as (keyof typeof names)[]).map((name) =>
      rowOf(code(name), ({ defaults }) => String(defaults.sampling[name])),
    ),
  ]);
}

/** Context, history and token costs (§1.7). */
export function familyLimitsTable(): string {
  const unknown = (count: number | undefined) => (count === undefined ? 'not documented' : grouped(count));
  return table(HEADER, [
    rowOf('input tokens', ({ limits }) => unknown(limits.maxInputTokens)),
    rowOf('output tokens', ({ limits }) => unknown(limits.maxOutputTokens)),
    rowOf('remembered turns with audio', ({ limits }) => unknown(limits.historyAudioTurns)),
    rowOf('remembered turns with images', ({ limits }) => unknown(limits.historyVideoTurns)),
    rowOf('tokens per second of input', ({ tokens }) => String(tokens.audioInTokensPerSecond)),
    rowOf('least billed input, ms', ({ tokens }) => grouped(tokens.audioInMinimumMs)),
    rowOf('tokens per second of output', ({ tokens }) => String(tokens.audioOutTokensPerSecond)),
    rowOf('image factor, px', ({ tokens }) => String(tokens.imageFactorPx)),
  ]);
}

/** One list per set of voices (§2.3). */
export function voiceLists(): string {
  const lists = FAMILIES.flatMap((family) => {
    const odd = family.models.filter((model) => voicesOf(model) !== family.voices);
    return [
      voiceList(family.label, family.voices),
      ...odd.map((model) => voiceList(`\`${model}\` only`, voicesOf(model))),
    ];
  });
  return lists.join('\n\n');
}

function voicesOf(model: string): readonly string[] {
  const found = findModel(model);
  return found.kind === 'omni' ? found.voices : [];
}

function voiceList(name: string, voices: readonly string[]): string {
  return `**${name}** (${voices.length}): ${voices.join(', ')}.`;
}

const ID_NAMES: Readonly<Record<IdKind, string>> = {
  event: 'server event (`event_id`)',
  session: 'session',
  item: 'item',
  response: 'response',
  conversation: 'conversation',
  call: 'tool call (`call_id`)',
  obfuscation: '`obfuscation`',
};

/** Shapes of ids (§1.8). */
export function idTable(): string {
  const kinds = Object.entries(ID_NAMES) as [IdKind, string][];
  return table(
    ['id', 'shape'],
    kinds.map(([kind, name]) => [name, code(ID_PATTERNS[kind].source.replace(/^\^|\$$/g, ''))]),
  );
}
