/** A close frame with any code and reason, or with none. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';
import { endingPlace, endingPlaceOf, placed } from './place.js';

/** What a close frame of 65,535 bytes has room for beside the code. */
const LONGEST_REASON = 65_533;

export const close = defineFault({
  kind: 'close',
  layer: 'connection',
  strikes: ['server', 'client', 'moment'],
  summary: 'Sends a CLOSE frame with any code and reason, also those that RFC 6455 forbids.',
  clientSees:
    'The connection closes with this code and reason. A reason above 123 bytes or a forbidden code makes strict libraries report a protocol error instead.',
  keys: {
    code: about(
      wholeNumber(0, 65_535).nullable().optional(),
      'The close code; null for a CLOSE frame without one. Default 1011.',
    ),
    reason: about(z.string().max(LONGEST_REASON).optional(), 'The reason, sent whole. Default empty.'),
    place: endingPlace,
  },
  example: { at: { event: 'response.audio.delta', nth: 3 }, do: 'close', code: 1012, reason: 'Restarting.' },
  strike: ({ code = 1011, reason = '', place }, context) =>
    placed(endingPlaceOf(place, context), [{ act: 'close', code: code ?? undefined, reason }]),
});
