/**
 * The lines of an NDJSON stream as values, one at a time. Must never hold more than one line, nor take a stream that was
 * cut off for one that ended.
 */
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';

/**
 * Values as they come. Whoever stops iterating leaves the stream.
 *
 * @throws SoundstageError `E_CONTROL_CUT_OFF` when the stream ends before its end
 */
export async function* entryLines<Value>(response: Response, signal?: AbortSignal): AsyncGenerator<Value> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LIMITS.controlLineChars) throw new Error('a line is too long');
      for (const line of lines) yield JSON.parse(line) as Value;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new SoundstageError(
      'E_CONTROL_CUT_OFF',
      `Following the log failed: ${cause instanceof Error ? cause.message : String(cause)}; the server cuts off readers who fall behind. Try reading faster, or fewer kinds of entries.`,
      { cause },
    );
  } finally {
    // The stream may have failed already, which is known by then.
    reader.cancel().catch(() => {});
  }
}
