/**
 * What a scenario expects of the client: messages it must or must not have sent, and how the connection went. Data
 * only; the evaluator lives in the room of assertions.
 */
import { z } from 'zod';
import { CLIENT_EVENT_TYPES, SERVER_EVENT_TYPES } from '../protocol/index.js';
import { about, fields, record, wholeNumber } from './schema-parts.js';

const mark = record({
  event: about(z.enum([...SERVER_EVENT_TYPES, ...CLIENT_EVENT_TYPES]), 'An event of either side.'),
  nth: about(wholeNumber(1).optional(), 'The n-th one. Default 1.'),
  response: about(wholeNumber(1).optional(), 'Only events of the n-th response.'),
});

const COUNTS = {
  times: about(wholeNumber(0).optional(), 'Exactly this often. Default: at least once.'),
  atLeast: about(wholeNumber(0).optional(), 'At least this often.'),
  atMost: about(wholeNumber(0).optional(), 'At most this often.'),
} as const;

const WHERE = {
  after: about(mark.optional(), 'Counts only what came after this event; if it never came, nothing counts.'),
  before: about(
    mark.optional(),
    'Counts only what came before this event; if it never came, everything counts.',
  ),
  connection: about(wholeNumber(1).optional(), 'Only on the n-th connection. Default: on all together.'),
  because: about(z.string().optional(), 'Why, in one sentence; printed when it fails.'),
} as const;

const sends = record({
  sends: about(
    z.enum([...CLIENT_EVENT_TYPES, 'anything']),
    'A type of client event, or `anything` the client sends.',
  ),
  where: about(
    fields.optional(),
    'Only messages whose fields have these values, by path: `{ session.voice: Tina }`. `null` in a file stands for null; `~absent` for a field that is not there, `~present` for one that is.',
  ),
  ...COUNTS,
  ...WHERE,
});

const connections = record({
  connects: about(record({ ...COUNTS }), 'How often the client connected, refused attempts included.'),
  because: WHERE.because,
});

const closing = record({
  ends: about(
    record({
      by: about(
        z.enum(['client', 'server', 'dropped', 'protocol-error', 'nobody']).optional(),
        'Whose close frame came first; `dropped` without one; `nobody` while it is still open.',
      ),
      code: about(wholeNumber(0, 65_535).optional(), 'The close code.'),
      notCode: about(z.array(wholeNumber(0, 65_535)).optional(), 'Codes it must not be.'),
    }),
    'How the connection ended. Without `connection`: every one that the server let in.',
  ),
  connection: WHERE.connection,
  because: WHERE.because,
});

/** Names of checks of the client's media and messages that no single message shows. */
export const CLIENT_RULES = {
  'audio-aligned': 'Every append holds whole samples.',
  'audio-base64': 'Every append is strict base64 and not empty.',
  'image-after-audio': 'No image before audio in the same turn.',
  'image-rate': 'At most one image in a second of appended audio.',
  'unique-event-ids': 'No `event_id` is used twice on a connection.',
  'one-output-per-call':
    'At most one function_call_output for a call, and only for calls of this connection.',
  'string-outputs': 'Tool outputs are texts and not JSON inside JSON.',
  'setup-first': 'The first append or response.create comes after session.updated.',
  'no-repeated-update': 'No two session.update in a row say the same.',
  'create-when-idle': 'No response.create between response.created and its response.done.',
  'cancel-when-active': 'No response.cancel while no response is active, and at most one for a response.',
} as const;
export type ClientRule = keyof typeof CLIENT_RULES;
const RULE_NAMES = Object.keys(CLIENT_RULES) as [ClientRule, ...ClientRule[]];

const rules = record({
  keeps: about(z.enum(RULE_NAMES), RULE_NAMES.map((name) => `${name}: ${CLIENT_RULES[name]}`).join(' ')),
  because: WHERE.because,
});

/** One expectation, told apart by its first key. */
export const expectationSchema = z.union([sends, connections, closing, rules]);
export type Expectation = z.infer<typeof expectationSchema>;
