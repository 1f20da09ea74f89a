/** The tee gives the same facts however the bytes are cut, and loses none of them. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { PROPERTY_RUNS, PROPERTY_SEED } from '../../test/support/property-seed.js';
import { frameBytes, joinBytes, OPCODES } from '../protocol/websocket-frames.js';
import { FrameTee, type PassedThing } from './frame-tee.js';

const propertyParameters = { seed: PROPERTY_SEED, numRuns: PROPERTY_RUNS };
const { text, binary, continuation, ping, pong, close } = OPCODES;

/** Frames that are mostly legal, and then anything. */
function streamOf(...opcodes: number[]) {
  const frame = fc.record({
    opcode: fc.constantFrom(...opcodes),
    payload: fc.uint8Array({ maxLength: 200 }),
    fin: fc.boolean(),
  });
  return fc
    .tuple(fc.array(frame.map(frameBytes), { maxLength: 6 }), fc.uint8Array({ maxLength: 20 }))
    .map(([frames, rest]) => joinBytes([...frames, rest]));
}

function readAll(bytes: Uint8Array, cuts: readonly number[]): PassedThing[] {
  const tee = new FrameTee('server');
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const things: PassedThing[] = [];
  let from = 0;
  for (const to of [...places, bytes.length]) {
    things.push(...tee.push(bytes.subarray(from, to)));
    from = to;
  }
  return joined([...things, ...tee.end()]);
}

/** Raw bytes come as they came: how they were cut says nothing. */
function joined(things: readonly PassedThing[]): PassedThing[] {
  const isRaw = (thing: PassedThing) => thing.kind === 'bytes';
  const raw = things.flatMap((thing) => (thing.kind === 'bytes' ? [thing.payload] : []));
  const rest = things.filter((thing) => !isRaw(thing));
  return raw.length === 0 ? rest : [...rest, { kind: 'bytes', payload: Uint8Array.from(joinBytes(raw)) }];
}

describe('FrameTee', () => {
  test.prop(
    [streamOf(text, binary, continuation, ping, pong, close), fc.array(fc.nat(), { maxLength: 8 })],
    propertyParameters,
  )('cut anywhere, the stream says the same', (bytes, cuts) => {
    expect(readAll(bytes, cuts)).toEqual(readAll(bytes, []));
  });

  // A control frame may stand between the pieces of a message, and is read on its own.
  test.prop([streamOf(text, binary, continuation)], propertyParameters)(
    'what is broken is kept to the last byte',
    (bytes) => {
      const things = readAll(bytes, []);
      const last = things.findLast(({ kind }) => kind === 'bytes');
      if (last?.kind !== 'bytes') return;
      expect(Buffer.from(bytes).subarray(-last.payload.length).equals(last.payload)).toBe(true);
    },
  );
});
