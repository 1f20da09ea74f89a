/**
 * What was said, as text: transcripts become as many `x`, so that their pieces still add up, and sound that stands in the
 * text as base64 goes. Must leave alone what was typed.
 */
import { isJsonText, jsonScalars } from './json-scalars.js';
import { applyReplacements, type Replacement } from './replacements.js';
import { jsonUnescaped } from './text-view.js';

/** Cheap: nothing is looked at closer without one of these. */
const MAY_SPEAK = /transcri|audio|\\u/;

/** The message without what was said in it. @param placeholder for sound */
export function withoutSpeech(text: string, placeholder: () => string): string {
  if (!MAY_SPEAK.test(text)) return text;
  if (!isJsonText(text)) return text;
  const type = String(JSON.parse(text).type);
  const replacements: Replacement[] = [];
  for (const { kind, start, end, path } of jsonScalars(text)) {
    if (kind !== 'string' || start === end) continue;
    const key = path.at(-1);
    const value = text.slice(start, end);
    if (isSpoken(type, key, path.length)) {
      replacements.push({ start, end, text: 'x'.repeat((jsonUnescaped(value)?.text ?? value).length) });
    } else if (isSound(type, key)) replacements.push({ start, end, text: placeholder() });
  }
  return replacements.length === 0 ? text : applyReplacements(text, replacements);
}

function isSpoken(type: string, key: string | number | undefined, depth: number): boolean {
  if (key === 'transcript') return true;
  if (depth > 1) return false;
  if (type.endsWith('audio_transcription.delta')) return key === 'text' || key === 'stash' || key === 'delta';
  return type.endsWith('audio_transcript.delta') && key === 'delta';
}

function isSound(type: string, key: string | number | undefined): boolean {
  return key === 'audio' || (key === 'delta' && /(?:^|[._])audio\.delta$/.test(type));
}
