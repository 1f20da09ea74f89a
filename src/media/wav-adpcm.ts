/**
 * Decodes IMA ADPCM, the 4-bit format of old telephony WAV files, for any number of channels. Kept apart from
 * `wavefile`, whose decoder loses the last block and repeats a sample in each. Must never read past its block.
 */

const STEP_SIZES = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97,
  107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724,
  796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026,
  4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500,
  20350, 22385, 24623, 27086, 29794, 32767,
];
const INDEX_CHANGES = [-1, -1, -1, -1, 2, 4, 6, 8];
const LAST_STEP = STEP_SIZES.length - 1;
/** Bytes of one channel's header in a block, and of its turn in the interleaved body. */
const CHANNEL_UNIT_BYTES = 4;

/** One channel's running state. */
interface ChannelState {
  predicted: number;
  stepIndex: number;
}

/** Decodes whole and cut-off blocks to one array per channel. */
export function decodeImaAdpcm(data: Uint8Array, channelCount: number, blockBytes: number): Int16Array[] {
  const headerBytes = CHANNEL_UNIT_BYTES * channelCount;
  const samplesPerBlock = 1 + ((blockBytes - headerBytes) / channelCount) * 2;
  const blockCount = Math.ceil(data.length / blockBytes);
  const channels = Array.from(
    { length: channelCount },
    () => new Int16Array(Math.floor(blockCount * samplesPerBlock)),
  );
  let offsetSamples = 0;
  for (let start = 0; start + headerBytes <= data.length; start += blockBytes) {
    const block = data.subarray(start, start + blockBytes);
    offsetSamples += decodeBlock(block, channels, offsetSamples);
  }
  return channels.map((channel) => channel.subarray(0, offsetSamples));
}

/** Decodes one block into the channels and returns how many samples each got. */
function decodeBlock(block: Uint8Array, channels: readonly Int16Array[], offsetSamples: number): number {
  const channelCount = channels.length;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const headerBytes = CHANNEL_UNIT_BYTES * channelCount;
  const turnCount = Math.floor((block.length - headerBytes) / headerBytes);
  channels.forEach((channel, number) => {
    const header = CHANNEL_UNIT_BYTES * number;
    const state: ChannelState = {
      predicted: view.getInt16(header, true),
      stepIndex: Math.min(LAST_STEP, block[header + 2] ?? 0),
    };
    let position = offsetSamples;
    channel[position] = state.predicted;
    position += 1;
    for (let turn = 1; turn <= turnCount; turn += 1) {
      const start = turn * headerBytes + header;
      for (const byte of block.subarray(start, start + CHANNEL_UNIT_BYTES)) {
        channel[position] = nextSample(state, byte & 15);
        channel[position + 1] = nextSample(state, byte >> 4);
        position += 2;
      }
    }
  });
  return 1 + turnCount * CHANNEL_UNIT_BYTES * 2;
}

function nextSample(state: ChannelState, code: number): number {
  const step = STEP_SIZES[state.stepIndex] ?? 0;
  let difference = step >> 3;
  if (code & 1) difference += step >> 2;
  if (code & 2) difference += step >> 1;
  if (code & 4) difference += step;
  const sample = state.predicted + (code & 8 ? -difference : difference);
  state.predicted = Math.max(-32_768, Math.min(32_767, sample));
  const stepIndex = state.stepIndex + (INDEX_CHANGES[code & 7] ?? 0);
  state.stepIndex = Math.max(0, Math.min(LAST_STEP, stepIndex));
  return state.predicted;
}
