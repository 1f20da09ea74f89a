/**
 * Rules of `session.update` for voice and audio formats: the rows of section 7 from `voice` to
 * `audio.output.format`. Nothing else may freeze or choose a format.
 */
import { valueAt } from './json-object.js';
import { isVoiceSupported } from './models.js';
import type { Refusal } from './refusals.js';
import { refuse } from './refusals.js';
import type { NestedFormat } from './session-settings.js';
import type { Draft, Scope, UpdateRule } from './update-rule.js';
import { formatFrozen, rule, setExplicit } from './update-rule.js';
import {
  badEnumValue,
  nullKeeps,
  numberAmong,
  objectValue,
  oneOf,
  outOfRange,
  refusal,
  stringValue,
} from './value-checks.js';

const FLAT_FORMATS = ['pcm', 'pcm16', 'pcm24', 'wav'] as const;
const CONTAINERS = ['pcm', 'wav'] as const;
const MULTICHANNEL_CONTAINERS = ['pcm'] as const;
const SAMPLE_RATES_HZ = [8_000, 16_000, 24_000, 48_000];
const MULTICHANNEL_SAMPLE_RATES_HZ = [16_000];
const CHANNEL_COUNTS = [1, 2, 4];
const CHANNEL_LAYOUTS: ReadonlyMap<number, string> = new Map([
  [1, 'mono'],
  [2, 'raw_mic_array'],
  [4, 'foa_ambix'],
]);
const INPUT_FORMAT = 'audio.input.format';
const OUTPUT_FORMAT = 'audio.output.format';

const nestedAudio = ({ family }: Scope) => family.capabilities.nestedAudio;
const multichannelFamily = ({ family }: Scope) => family.capabilities.multichannel;
const nestedVoice = ({ family }: Scope) => family.capabilities.nestedVoice;
const inputFrozen = ({ context }: Scope) => context.inputStarted;
const outputFrozen = ({ context }: Scope) => context.inputStarted || context.audioProduced;

/** The refusal of a voice that the model does not have; undefined where it is found out later. */
function unsupportedVoice(voice: string, { family, settings }: Scope): Refusal | undefined {
  if (family.voiceRefusal === 'defer' || isVoiceSupported(settings.model, voice)) return undefined;
  return refuse(family.voiceRefusal === 'close' ? 'voice-unsupported-closing' : 'voice-unsupported', {
    voice,
  });
}

function useVoice(voice: string, draft: Draft): void {
  draft.voice = voice;
  draft.voiceSupported = isVoiceSupported(draft.model, voice);
}

/** Whether `audio.output.voice`, sent now or earlier, decides instead of `voice`. */
function nestedVoiceDecides(scope: Scope): boolean {
  if (!nestedVoice(scope)) return false;
  return (
    scope.draft.explicit.outputVoice !== undefined ||
    typeof valueAt(scope.update, ['audio', 'output', 'voice']) === 'string'
  );
}

const VOICE_RULES: readonly UpdateRule[] = [
  rule<string>('voice', {
    check: nullKeeps((value, scope, path) => {
      const checked = stringValue(value, scope, path);
      const unsupported = checked.kind === 'accept' ? unsupportedVoice(checked.value, scope) : undefined;
      return unsupported === undefined ? checked : refusal(unsupported);
    }),
    frozen: (voice, scope) =>
      scope.context.audioProduced && voice !== scope.draft.voice && !nestedVoiceDecides(scope)
        ? refuse('voice-frozen')
        : undefined,
    apply: (voice, scope) => {
      if (!nestedVoiceDecides(scope)) useVoice(voice, scope.draft);
    },
  }),
  rule('audio.output.voice', {
    applies: nestedVoice,
    check: stringValue,
    frozen: (voice, { context, draft }) =>
      context.audioProduced && voice !== draft.voice
        ? refuse('voice-frozen', { param: 'session.audio.output.voice' })
        : undefined,
    apply: (voice, { draft }) => {
      useVoice(voice, draft);
      setExplicit(draft, { outputVoice: voice });
    },
  }),
];

/** The labels of the flat fields are echoed and change nothing else (section 3.1). */
const FLAT_FORMAT_RULES: readonly UpdateRule[] = [
  rule<string>('input_audio_format', {
    check: oneOf(() => FLAT_FORMATS, ['pcm', 'pcm16']),
    frozen: (label, scope) =>
      inputFrozen(scope) && label !== scope.draft.input.label ? formatFrozen(INPUT_FORMAT) : undefined,
    apply: (label, { draft }) => {
      draft.input = { ...draft.input, label };
    },
  }),
  rule<string>('output_audio_format', {
    check: oneOf(() => FLAT_FORMATS, ['pcm', 'pcm16', 'pcm24']),
    frozen: (label, scope) =>
      outputFrozen(scope) && label !== scope.draft.output.label ? formatFrozen(OUTPUT_FORMAT) : undefined,
    apply: (label, { draft }) => {
      draft.output = { ...draft.output, label };
    },
  }),
];

function setInputFormat(draft: Draft, changes: NestedFormat): void {
  setExplicit(draft, { inputFormat: { ...draft.explicit.inputFormat, ...changes } });
}

const checkChannels = numberAmong(() => CHANNEL_COUNTS);

/** The number of channels this update comes to; needed by rows that stand above `channels`. */
function resultingChannels(scope: Scope): number {
  const path = `${INPUT_FORMAT}.channels`;
  const value = multichannelFamily(scope) ? valueAt(scope.update, path.split('.')) : undefined;
  const checked = value === undefined ? undefined : checkChannels(value, scope, path);
  return checked?.kind === 'accept' ? checked.value : scope.draft.input.channels;
}

const isMultichannel = (scope: Scope) => resultingChannels(scope) > 1;

const INPUT_CONTAINER_RULES: readonly UpdateRule[] = [
  rule('audio', { applies: nestedAudio, check: objectValue }),
  rule('audio.input', { applies: nestedAudio, check: objectValue }),
  rule(INPUT_FORMAT, { applies: nestedAudio, check: objectValue }),
];

const INPUT_FORMAT_RULES: readonly UpdateRule[] = [
  rule<'pcm' | 'wav'>(`${INPUT_FORMAT}.type`, {
    applies: nestedAudio,
    check: oneOf((scope) => (isMultichannel(scope) ? MULTICHANNEL_CONTAINERS : CONTAINERS)),
    frozen: (container, scope) =>
      inputFrozen(scope) && container !== scope.draft.input.container
        ? formatFrozen(INPUT_FORMAT)
        : undefined,
    apply: (container, { draft }) => {
      draft.input = { ...draft.input, container };
      setInputFormat(draft, { type: container });
    },
    afterwards: (scope) =>
      isMultichannel(scope) && scope.draft.input.container !== 'pcm'
        ? badEnumValue(`${INPUT_FORMAT}.type`, scope.draft.input.container, MULTICHANNEL_CONTAINERS)
        : undefined,
  }),
  rule(`${INPUT_FORMAT}.sample_rate`, {
    applies: nestedAudio,
    check: numberAmong((scope) => (isMultichannel(scope) ? MULTICHANNEL_SAMPLE_RATES_HZ : SAMPLE_RATES_HZ)),
    frozen: (sampleRateHz, scope) =>
      inputFrozen(scope) && sampleRateHz !== scope.draft.input.sampleRateHz
        ? formatFrozen(INPUT_FORMAT)
        : undefined,
    apply: (sampleRateHz, { draft }) => {
      draft.input = { ...draft.input, sampleRateHz };
      setInputFormat(draft, { sample_rate: sampleRateHz });
    },
    afterwards: (scope) =>
      isMultichannel(scope) && !MULTICHANNEL_SAMPLE_RATES_HZ.includes(scope.draft.input.sampleRateHz)
        ? outOfRange(`${INPUT_FORMAT}.sample_rate`, scope.draft.input.sampleRateHz, '{16000}')
        : undefined,
  }),
  rule(`${INPUT_FORMAT}.channels`, {
    applies: multichannelFamily,
    check: checkChannels,
    frozen: (channels, scope) =>
      inputFrozen(scope) && channels !== scope.draft.input.channels ? formatFrozen(INPUT_FORMAT) : undefined,
    apply: (channels, { draft }) => {
      draft.input = { ...draft.input, channels };
      setInputFormat(draft, { channels });
      // An earlier layout belonged to the earlier channels.
      if (draft.explicit.inputFormat?.channel_layout !== undefined) {
        setInputFormat(draft, { channel_layout: CHANNEL_LAYOUTS.get(channels) ?? 'mono' });
      }
    },
  }),
];

/** `sample_format`, `packing` and `channel_layout`: one value is right, and null is a wrong one (ERR2). */
function describedFormat(
  key: 'sample_format' | 'packing' | 'channel_layout',
  expected: (scope: Scope) => string,
): UpdateRule {
  return rule(`${INPUT_FORMAT}.${key}`, {
    applies: multichannelFamily,
    check: (value, scope, path) => {
      if (value === null) return refusal(badEnumValue(path, value, [expected(scope)]));
      return oneOf((inner) => [expected(inner)])(value, scope, path);
    },
    apply: (value, { draft }) => setInputFormat(draft, { [key]: value }),
  });
}

const DESCRIBED_FORMAT_RULES: readonly UpdateRule[] = [
  describedFormat('sample_format', () => 's16le'),
  describedFormat('packing', () => 'interleaved'),
  describedFormat('channel_layout', ({ draft }) => CHANNEL_LAYOUTS.get(draft.input.channels) ?? 'mono'),
];

function setOutputFormat(draft: Draft, changes: NestedFormat): void {
  setExplicit(draft, { outputFormat: { ...draft.explicit.outputFormat, ...changes } });
}

const OUTPUT_FORMAT_RULES: readonly UpdateRule[] = [
  rule('audio.output', { applies: nestedAudio, check: objectValue }),
  rule(OUTPUT_FORMAT, { applies: nestedAudio, check: objectValue }),
  rule<'pcm' | 'wav'>(`${OUTPUT_FORMAT}.type`, {
    applies: nestedAudio,
    check: oneOf(() => CONTAINERS),
    frozen: (container, scope) =>
      outputFrozen(scope) && container !== scope.draft.output.container
        ? formatFrozen(OUTPUT_FORMAT)
        : undefined,
    apply: (container, { draft }) => {
      draft.output = { ...draft.output, container };
      setOutputFormat(draft, { type: container });
    },
  }),
  rule(`${OUTPUT_FORMAT}.sample_rate`, {
    applies: nestedAudio,
    check: numberAmong(() => SAMPLE_RATES_HZ),
    frozen: (sampleRateHz, scope) =>
      outputFrozen(scope) && sampleRateHz !== scope.draft.output.sampleRateHz
        ? formatFrozen(OUTPUT_FORMAT)
        : undefined,
    apply: (sampleRateHz, { draft }) => {
      draft.output = { ...draft.output, sampleRateHz };
      setOutputFormat(draft, { sample_rate: sampleRateHz });
    },
  }),
];

/** In the order of section 7. */
export const AUDIO_RULES: readonly UpdateRule[] = [
  ...VOICE_RULES,
  ...FLAT_FORMAT_RULES,
  ...INPUT_CONTAINER_RULES,
  ...INPUT_FORMAT_RULES,
  ...DESCRIBED_FORMAT_RULES,
  ...OUTPUT_FORMAT_RULES,
];
