/**
 * The named values of the vendor's SDK: output modalities and audio formats, under the same names. Data only.
 */

/** What a response may consist of. */
export const MultiModality = { TEXT: 'text', AUDIO: 'audio' } as const;
export type MultiModality = (typeof MultiModality)[keyof typeof MultiModality];

/** Raw PCM formats. Both go over the wire as `pcm16`, as in the Python SDK; the rate is the direction's own. */
export const AudioFormat = {
  PCM_16000HZ_MONO_16BIT: { label: 'pcm16', sampleRateHz: 16_000, channels: 1, bitsPerSample: 16 },
  PCM_24000HZ_MONO_16BIT: { label: 'pcm16', sampleRateHz: 24_000, channels: 1, bitsPerSample: 16 },
} as const;
export type AudioFormat = (typeof AudioFormat)[keyof typeof AudioFormat];

/** How the server finds the end of a turn. */
export type TurnDetectionType = 'server_vad' | 'semantic_vad';
