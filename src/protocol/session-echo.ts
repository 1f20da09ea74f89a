/**
 * The session object as the server sends it back (sections 4.2, 4.3 and 11.10). Missing values are missing
 * keys, never null. It must never show a secret of an MCP server.
 */
import { MODEL_FAMILIES } from './families.js';
import type { JsonObject } from './json-object.js';
import { ownValue } from './json-object.js';
import { withoutMcpSecrets } from './mcp-tool.js';
import type { Quirks } from './quirk-table.js';
import type { SessionObject } from './session-object.js';
import type { NestedFormat, SessionSettings } from './session-settings.js';

/** The order in which a nested format is echoed, as captured. */
const FORMAT_KEYS = [
  'sample_rate',
  'type',
  'sample_format',
  'channels',
  'packing',
  'channel_layout',
] as const;

/** The temperature that the documentation prints whatever the session is set to. */
const DOCUMENTED_TEMPERATURE = 0.8;

/**
 * Builds `session` for `session.created` or `session.updated`.
 *
 * @param which `id` comes last when created and first when updated, as captured
 */
export function echoSession(
  settings: SessionSettings,
  sessionId: string,
  quirks: Quirks,
  which: 'created' | 'updated',
): SessionObject {
  const session = {
    object: 'realtime.session' as const,
    model: settings.model,
    modalities: settings.modalities,
    ...present('instructions', settings.instructions),
    voice: settings.voice,
    input_audio_format: settings.input.label,
    output_audio_format: settings.output.label,
    ...present('input_audio_transcription', settings.transcription),
    ...present('turn_detection', settings.turnDetection),
    ...optionalKeys(settings, quirks, which),
  };
  return which === 'created' ? { ...session, id: sessionId } : { id: sessionId, ...session };
}

function optionalKeys(settings: SessionSettings, quirks: Quirks, which: 'created' | 'updated'): JsonObject {
  const { explicit } = settings;
  const documented = quirks.sessionEcho === 'docs';
  const showsAll = documented && which === 'updated' && MODEL_FAMILIES[settings.family].docsEchoShowsSampling;
  const sampling = {
    ...(documented ? { temperature: DOCUMENTED_TEMPERATURE } : {}),
    ...(showsAll ? settings.sampling : explicit.sampling),
  };
  return {
    ...present('tools', explicit.tools?.map(echoTool) ?? (documented ? [] : undefined)),
    ...present('tool_choice', explicit.tool_choice ?? (documented ? 'auto' : undefined)),
    ...withoutNulls(sampling),
    ...(showsAll ? { max_response_output_token: 'inf' } : {}),
    ...present('smooth_output', explicit.smooth_output),
    ...present('enable_search', explicit.enable_search),
    ...present('search_options', explicit.search_options),
    ...present('audio', echoAudio(settings)),
    ...present(
      'video',
      explicit.representation_compact && {
        input: { representation_compact: explicit.representation_compact },
      },
    ),
  };
}

/** Only the side that the client has set is echoed. */
function echoAudio({ explicit }: SessionSettings): JsonObject | undefined {
  const { inputFormat, outputFormat, outputVoice } = explicit;
  if (inputFormat === undefined && outputFormat === undefined && outputVoice === undefined) return undefined;
  const output = {
    ...present('format', outputFormat && echoFormat(outputFormat)),
    ...present('voice', outputVoice),
  };
  return {
    ...present('input', inputFormat && { format: echoFormat(inputFormat) }),
    ...(Object.keys(output).length === 0 ? {} : { output }),
  };
}

function echoFormat(format: NestedFormat): JsonObject {
  return Object.fromEntries(
    FORMAT_KEYS.filter((key) => format[key] !== undefined).map((key) => [key, format[key]]),
  );
}

function echoTool(tool: JsonObject): unknown {
  return ownValue(tool, 'type') === 'mcp' ? withoutMcpSecrets(tool) : tool;
}

/** A key with its value, or nothing: the service leaves out what is null. */
function present<const Key extends string, Value>(
  key: Key,
  value: Value,
): { [K in Key]?: NonNullable<Value> } {
  return value === undefined || value === null
    ? {}
    : ({ [key]: value } as { [K in Key]: NonNullable<Value> });
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
