/** An id that belongs to something else. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about } from '../schema-parts.js';
import { findSlot, setOwn } from './json-path.js';

export const reuseId = defineFault({
  kind: 'reuse-id',
  layer: 'event',
  strikes: ['server'],
  summary: 'Puts the id of an earlier message in place of the one that belongs there.',
  clientSees: 'An event that seems to belong to an older item, response or event.',
  keys: {
    path: about(z.string(), 'Where the id stands, such as `item_id` or `response.id`.'),
    of: about(
      z.enum(['previous', 'first']).optional(),
      'The last other id that stood under that key, or the first one of the session. Default previous.',
    ),
    key: about(z.string().optional(), 'The key whose earlier ids count. Default: the last part of `path`.'),
  },
  example: { at: { event: 'response.done', response: 2 }, do: 'reuse-id', path: 'response.id' },
  strike: ({ path, of = 'previous', key }, { message, earlierId }) => {
    const event = message?.event();
    const slot = findSlot(event, path);
    const own = slot?.holder[slot.key];
    if (event === undefined || slot === undefined || typeof own !== 'string') {
      return { skip: `there is no id at '${path}'` };
    }
    const earlier = earlierId(key ?? path, of, own);
    if (earlier === undefined) return { skip: `no other id has stood under '${key ?? path}' yet` };
    setOwn(slot.holder, slot.key, earlier);
    return [{ act: 'change', text: JSON.stringify(event) }];
  },
});
