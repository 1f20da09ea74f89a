/** An HTTP answer where the client hoped for 101. */
import { z } from 'zod';
import { defineFault } from '../fault-types.js';
import { about, jsonValue, wholeNumber } from '../schema-parts.js';

/** DashScope's code and message by status, where the service is known or likely to send one. */
const BODIES: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['InvalidApiKey', 'Invalid API-key provided.'],
  403: ['AccessDenied', 'Access denied.'],
  404: ['NotFound', 'Not found.'],
  429: ['Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.'],
  500: ['InternalError', 'Internal server error.'],
  503: ['ServiceUnavailable', 'Service unavailable, please try again later.'],
};

export const refuseUpgrade = defineFault({
  kind: 'refuse-upgrade',
  layer: 'upgrade',
  strikes: [],
  summary: 'Answers the upgrade with an HTTP status and a body instead of 101.',
  clientSees: 'A refused handshake with this status, body and headers.',
  keys: {
    afterMs: about(wholeNumber(1, 600_000).optional(), 'Wall milliseconds before that. Default: at once.'),
    status: about(wholeNumber(200, 599), 'The HTTP status, such as 301, 401, 403, 404, 429 or 503.'),
    retryAfterSeconds: about(wholeNumber(0).optional(), 'The `Retry-After` header.'),
    location: about(z.string().optional(), 'The `Location` header, for redirects.'),
    body: about(
      jsonValue.optional(),
      'The body: a value to serialise, or a text to send as it is. Default: the JSON that the service sends for this status.',
    ),
  },
  example: { do: 'refuse-upgrade', at: { connection: 1 }, status: 503, retryAfterSeconds: 1 },
  upgrade: ({ status, retryAfterSeconds, location, body, afterMs }) => ({
    ...(afterMs === undefined ? {} : { delayMs: afterMs }),
    refuse: {
      status,
      headers: {
        ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
        ...(location === undefined ? {} : { location }),
      },
      body: bodyText(status, body),
    },
  }),
});

function bodyText(status: number, body: unknown): string {
  if (typeof body === 'string') return body;
  if (body !== undefined) return JSON.stringify(body);
  const [code, message] = BODIES[status] ?? ['Refused', `The server answers with status ${status}.`];
  return JSON.stringify({ code, message });
}
