/**
 * Programs that are no longer what was recorded: one thing of one case is different, and the mismatch must name it.
 * Data only.
 */

/** One change to one case. */
export interface ProgramChange {
  /** The case that is changed. */
  readonly case: string;
  /** Its steps from this one on are replaced by `steps`, or only this one when there are more in the case. */
  readonly step: number;
  readonly becomes: readonly [string, unknown?];
  /** What the mismatch must say: the place that differs. */
  readonly names: RegExp;
  /** In words, for the report. */
  readonly what: string;
}

export const CHANGES: readonly ProgramChange[] = [
  {
    what: 'another voice',
    case: 'manual-audio-turn-flash3',
    step: 0,
    becomes: ['manual', { voice: 'Ethan' }],
    names: /session\.voice/,
  },
  {
    what: 'one session parameter more',
    case: 'text-only',
    step: 0,
    becomes: ['manual', { modalities: ['text'], extra: { temperature: 0.2 } }],
    names: /session\.temperature/,
  },
  {
    what: 'other words in an item',
    case: 'text-item',
    step: 2,
    becomes: [
      'createItem',
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Remember: blue circle.' }] },
    ],
    names: /item\.content\.0\.text/,
  },
  {
    what: 'silence in place of speech',
    case: 'manual-audio-turn-flash3',
    step: 1,
    becomes: ['silence', 1000],
    names: /audio/,
  },
  {
    what: 'another output of a tool',
    case: 'tool-call-parallel-omni35',
    step: 7,
    becomes: ['createItem', { type: 'function_call_output', call_id: '$first', output: '{"celsius": 22}' }],
    names: /item\.output/,
  },
  {
    what: 'a commit left out',
    case: 'manual-audio-turn-flash3',
    step: 2,
    becomes: ['createResponse'],
    names: /input_audio_buffer\.commit/,
  },
];
