/**
 * The HTTP answers to requests that get no WebSocket: DashScope's JSON bodies for what the service refuses
 * (§1.3, Q1), and bodies that say what to do instead for what only a user of this server gets wrong.
 */
import { describeValue } from '../protocol/describe-value.js';
import { refuse } from '../protocol/index.js';
import { REALTIME_PATH } from './handshake-target.js';
import type { HttpAnswer } from './transport/http-answer.js';

/** Every refusal of the handshake, with what its message needs. */
export type HandshakeRefusal =
  | { readonly why: 'invalid-key' }
  | { readonly why: 'access-denied' }
  | { readonly why: 'model-not-found'; readonly model: string | null }
  | { readonly why: 'wrong-path'; readonly path: string }
  | { readonly why: 'unknown-scenario'; readonly scenario: string; readonly nearest: readonly string[] }
  | { readonly why: 'bad-seed'; readonly seedText: string }
  | { readonly why: 'upgrade-required' };

/** The answer to a refused request; `requestId` goes into the body and the `x-request-id` header. */
export function refuseHandshake(refusal: HandshakeRefusal, requestId: string): HttpAnswer {
  const { status, code, message, headers } = describe(refusal);
  return {
    status,
    headers: { ...headers, 'x-request-id': requestId },
    body: JSON.stringify({ code, message, request_id: requestId }),
  };
}

interface Description {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function describe(refusal: HandshakeRefusal): Description {
  switch (refusal.why) {
    case 'invalid-key':
      return fromCatalogue(401, 'invalid-key');
    case 'access-denied':
      return fromCatalogue(403, 'access-denied');
    case 'model-not-found':
      return fromCatalogue(400, 'model-not-found', { model: refusal.model ?? 'null' });
    case 'wrong-path':
      return notFound(
        `There is no endpoint at ${describeValue(refusal.path)}. Try ${REALTIME_PATH}?model=<model>, ` +
          `or /s/<scenario>${REALTIME_PATH} to choose a scenario.`,
      );
    case 'unknown-scenario':
      return notFound(`There is no scenario ${describeValue(refusal.scenario)}. ${suggest(refusal.nearest)}`);
    case 'bad-seed': {
      const message = `The seed ${describeValue(refusal.seedText)} is not an integer. Try a whole number such as 7.`;
      return { status: 400, code: 'BadRequest', message };
    }
    case 'upgrade-required':
      return {
        status: 426,
        code: 'UpgradeRequired',
        message: `This endpoint speaks WebSocket. Try a WebSocket client with the same URL, scheme ws or wss.`,
        headers: { upgrade: 'websocket', connection: 'Upgrade' },
      };
  }
}

function fromCatalogue(
  status: number,
  slug: 'invalid-key' | 'access-denied' | 'model-not-found',
  values: Record<string, string> = {},
): Description {
  const { error } = refuse(slug, values);
  return { status, code: error.code ?? slug, message: error.message };
}

function notFound(message: string): Description {
  return { status: 404, code: 'NotFound', message };
}

function suggest(names: readonly string[]): string {
  if (names.length === 0) return 'This server has none. Try without one.';
  return `Try ${names.map(describeValue).join(', ')}.`;
}
