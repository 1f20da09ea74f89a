/**
 * Rules of `session.update` for what a session says and knows: modalities, style, instructions, transcription,
 * search, tools, video (section 7). Audio, voice activity and sampling have files of their own.
 */
import { pythonList } from './describe-value.js';
import { ownValue } from './json-object.js';
import { readModalities } from './modalities.js';
import { refuse } from './refusals.js';
import type { Tool } from './session-object.js';
import { checkTools, hasMcpTool } from './tool-entries.js';
import type { Scope, UpdateRule } from './update-rule.js';
import { formatFrozen, rule, setExplicit } from './update-rule.js';
import {
  accept,
  booleanValue,
  nullable,
  objectValue,
  oneOf,
  outOfRange,
  refusal,
  stringValue,
} from './value-checks.js';

const COMPACTIONS = ['none', 'normal'] as const;
const withSearch = ({ family }: Scope) => family.capabilities.search;
const withTools = ({ family }: Scope) => family.capabilities.tools;
const withVideo = ({ family }: Scope) => family.capabilities.videoCompaction;

export const MODALITIES_RULE: UpdateRule = rule('modalities', {
  check: (value, _scope, path) => {
    if (!Array.isArray(value)) return refusal(outOfRange(path, value, "{['text'], ['text', 'audio']}"));
    const modalities = readModalities(value);
    return modalities === undefined
      ? refusal(refuse('bad-modalities', { value: pythonList(value) }))
      : accept(modalities);
  },
  apply: (modalities, { draft }) => {
    draft.modalities = modalities;
  },
});

/** `smooth_output`, `instructions`, `input_audio_transcription`, in the order of section 7. */
export const STYLE_RULES: readonly UpdateRule[] = [
  rule<boolean | null>('smooth_output', {
    applies: ({ family }) => family.capabilities.smoothOutput,
    check: nullable(booleanValue),
    apply: (value, { draft }) => setExplicit(draft, { smooth_output: value }),
  }),
  rule<string | null>('instructions', {
    check: nullable(stringValue),
    apply: (value, { draft }) => {
      draft.instructions = value ?? undefined;
    },
  }),
  rule('input_audio_transcription', {
    check: nullable(objectValue),
    apply: (value, { draft, family }) => {
      if (value === null) draft.transcription = null;
      else draft.transcription ??= { model: family.defaults.transcriptionModel };
    },
  }),
  rule<string | null>('input_audio_transcription.model', {
    check: nullable(stringValue),
    apply: (model, { draft, family }) => {
      const fixed = family.defaults.transcriptionModel;
      draft.transcription = {
        model: family.capabilities.echoesTranscriptionModel ? (model ?? fixed) : fixed,
      };
    },
  }),
];

/** Whether the session will have tools, before the rule for tools has run. */
function toolsAfterwards({ update, draft }: Scope): boolean {
  const tools = ownValue(update, 'tools');
  if (tools === null) return false;
  return Array.isArray(tools) ? tools.length > 0 : draft.tools.length > 0;
}

/** `enable_search` and `search_options`. */
export const SEARCH_RULES: readonly UpdateRule[] = [
  rule('enable_search', {
    applies: withSearch,
    check: booleanValue,
    apply: (value, { draft }) => {
      draft.enableSearch = value;
      setExplicit(draft, { enable_search: value });
    },
    afterwards: (scope) =>
      scope.draft.enableSearch && toolsAfterwards(scope) ? refuse('tools-and-search') : undefined,
  }),
  rule('search_options', {
    applies: (scope) => withSearch(scope) && scope.draft.enableSearch,
    check: nullable(objectValue),
    apply: (value, { draft }) =>
      setExplicit(draft, {
        search_options: value === null ? undefined : { ...draft.explicit.search_options },
      }),
  }),
  rule('search_options.enable_source', {
    applies: (scope) => withSearch(scope) && scope.draft.enableSearch,
    check: booleanValue,
    apply: (enable_source, { draft }) => setExplicit(draft, { search_options: { enable_source } }),
  }),
];

/** `tools` and `tool_choice`. */
export const TOOL_RULES: readonly UpdateRule[] = [
  rule('tools', {
    applies: withTools,
    check: (value, scope, path) => {
      if (value === null) return accept<readonly Tool[]>([]);
      if (!Array.isArray(value)) return refusal(outOfRange(path, value, '{any array of tools}'));
      return checkTools(value, scope.family.capabilities.mcp);
    },
    frozen: (tools, { context, settings }) =>
      context.responseActive && (hasMcpTool(tools) || hasMcpTool(settings.tools))
        ? outOfRange('tools', 'mcp', '{no change of MCP servers while a response is active}')
        : undefined,
    apply: (tools, { draft }) => {
      draft.tools = tools;
      setExplicit(draft, { tools });
    },
  }),
  rule('tool_choice', {
    applies: withTools,
    check: (value) => accept(value),
    apply: (value, { draft }) => {
      draft.toolChoice = value ?? 'auto';
      setExplicit(draft, { tool_choice: value ?? undefined });
    },
  }),
];

export const VIDEO_RULES: readonly UpdateRule[] = [
  rule('video', { applies: withVideo, check: objectValue }),
  rule('video.input', { applies: withVideo, check: objectValue }),
  rule<'none' | 'normal'>('video.input.representation_compact', {
    applies: withVideo,
    check: oneOf(() => COMPACTIONS),
    frozen: (value, { context, draft }) =>
      context.inputStarted && value !== draft.representationCompact
        ? formatFrozen('video.input.representation_compact', 'Video representation')
        : undefined,
    apply: (value, { draft }) => {
      draft.representationCompact = value;
      setExplicit(draft, { representation_compact: value });
    },
  }),
];
