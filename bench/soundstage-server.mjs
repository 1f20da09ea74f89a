// The mock server as a process of its own, for the benchmark. Prints its URL on one line.
// usage: soundstage-server.mjs [none|empty|faults]
import { createMockServer } from '../dist/index.js';

/** Twenty faults none of which strikes: at other responses, other states, later occurrences, every few events. */
const faults = [
  'response.audio.delta',
  'response.audio_transcript.delta',
  'response.done',
  'response.created',
  'input_audio_buffer.committed',
  'input_audio_buffer.append',
  'response.create',
  '*',
].flatMap((event) => [
  { do: 'pass', at: { event, nth: 1_000_000_000 } },
  { do: 'pass', at: { event, state: 'user-speaking' } },
  ...(event.endsWith('.delta')
    ? [
        { do: 'pass', at: { event, turn: 0 } },
        { do: 'pass', at: { event, response: 1_000_000 } },
      ]
    : []),
]);

const scenarios = { none: undefined, empty: {}, faults: { faults: faults.slice(0, 20) } };
const scenario = scenarios[process.argv[2] ?? 'none'];
const server = await createMockServer({
  clock: 'auto',
  seed: 1,
  maxConnections: 5_000,
  ...(scenario === undefined ? {} : { scenario }),
});
console.log(server.url);
process.on('SIGTERM', () => server.close().then(() => process.exit(0)));
