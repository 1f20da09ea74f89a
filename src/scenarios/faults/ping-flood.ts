/** More control frames than anybody expects. */
import { z } from 'zod';
import { joinBytes } from '../../protocol/websocket-frames.js';
import { defineFault } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';
import { controlFrame } from './frames.js';
import { addingPlace, placed } from './place.js';

export const pingFlood = defineFault({
  kind: 'ping-flood',
  layer: 'frame',
  strikes: ['server', 'client', 'moment'],
  summary: 'Sends many pings, or pongs that nobody asked for.',
  clientSees:
    'Control frames in a row; each ping wants its pong. Some libraries give up at a number of unanswered pings (npm ws at 60).',
  keys: {
    count: about(wholeNumber(1, 100_000).optional(), 'How many. Default 1000.'),
    control: about(z.enum(['ping', 'pong']).optional(), 'Which frame. Default ping.'),
    place: addingPlace,
  },
  example: { at: { event: 'session.created' }, do: 'ping-flood', count: 100 },
  strike: ({ count = 1_000, control = 'ping', place }) => {
    const frames = Array.from({ length: count }, (_, index) => controlFrame(control, String(index + 1)));
    return placed(place ?? 'after', [
      { act: 'bytes', bytes: joinBytes(frames), what: `${count} ${control} frames` },
    ]);
  },
});
