/**
 * Token counts (§1.7, §11.12): deterministic estimates whose parts add up. Must never be taken for a bill.
 */
import { audioTokens, textTokens, type Usage } from '../../protocol/index.js';
import type { ActiveResponse, InputTokens } from './response-types.js';

/** The `usage` of a response as far as it has come: scripted, or computed from what it produced. */
export function usageOf(response: ActiveResponse): Usage {
  if (response.reply.usage !== undefined) return response.reply.usage;
  const output = { textTokens: 0, audioTokens: 0, imageTokens: 0 };
  for (const item of response.items.slice(0, response.openedItems)) {
    output.textTokens += textTokens(item.producedText);
    if (item.type === 'function_call') continue;
    const spokenMs = (item.producedSamples * 1000) / response.format.sampleRateHz;
    output.audioTokens += audioTokens(spokenMs, response.family, 'output');
  }
  const inputTokens = total(response.inputTokens);
  const outputTokens = total(output);
  return {
    total_tokens: inputTokens + outputTokens,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    input_tokens_details: details(response.inputTokens),
    output_tokens_details: details(output),
  };
}

function total(tokens: InputTokens): number {
  return tokens.textTokens + tokens.audioTokens + tokens.imageTokens;
}

/** Only the kinds that occurred (§4.23). */
function details(tokens: InputTokens): Record<string, number> {
  const all = {
    text_tokens: tokens.textTokens,
    audio_tokens: tokens.audioTokens,
    image_tokens: tokens.imageTokens,
  };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}
