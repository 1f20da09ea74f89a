/**
 * One request to a control API with the platform's own `fetch`: what went wrong becomes a `SoundstageError` with the
 * server's code. Must never reach for anything that a browser does not have, nor show a token.
 */
import { LIMITS } from '../protocol/limits.js';
import { SoundstageError } from '../protocol/soundstage-error.js';

/** What a control client is made with. */
export interface ControlClientOptions {
  /** The server's control token, where it has one. */
  readonly token?: string;
}

/** A request. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parts behind the base, to be encoded. */
  readonly path: readonly (string | number)[];
  /** Undefined values are left out; lists are joined with commas. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly body?: { readonly type: string; readonly text: string };
  /** Wall milliseconds that the server itself may wait; undefined for an answer that has no end. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const CONTROL_PATH = '/__soundstage/';

/** Sends requests to one server. */
export class ControlExchange {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws SoundstageError `E_CONTROL_URL` for a text that is no URL of a server */
  constructor(url: string, { token }: ControlClientOptions) {
    this.#base = controlBase(url);
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** The JSON of an answer. */
  async json<Value>(exchange: Exchange): Promise<Value> {
    const response = await this.send(exchange);
    try {
      return (response.status === 204 ? undefined : await response.json()) as Value;
    } catch (cause) {
      throw this.#unreachable(cause);
    }
  }

  /** A good answer, its body unread. @throws SoundstageError with the server's code, or `E_CONTROL_UNREACHABLE` */
  async send({ method, path, query = {}, body, waitMs, signal }: Exchange): Promise<Response> {
    const bounds = [
      ...(signal === undefined ? [] : [signal]),
      ...(waitMs === undefined ? [] : [AbortSignal.timeout(waitMs + LIMITS.controlAnswerMs)]),
    ];
    let response: Response;
    try {
      response = await fetch(`${this.#base}${path.map(encodeURIComponent).join('/')}${queryText(query)}`, {
        method,
        headers: { ...this.#headers, ...(body === undefined ? {} : { 'content-type': body.type }) },
        ...(body === undefined ? {} : { body: body.text }),
        signal: AbortSignal.any(bounds),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw this.#unreachable(cause);
    }
    if (response.ok) return response;
    throw await refusalOf(response);
  }

  #unreachable(cause: unknown): SoundstageError {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const why = inner instanceof Error ? inner.message : String(inner);
    return new SoundstageError(
      'E_CONTROL_UNREACHABLE',
      `Asking ${this.#base} failed: ${why}. Try starting the server, or its own control URL.`,
      { cause },
    );
  }
}

/** Any URL of the server will do: its control URL, its origin, what its clients connect to. */
function controlBase(url: string): string {
  const text = url.replace(/^ws(s?:)/i, 'http$1');
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new SoundstageError(
      'E_CONTROL_URL',
      `Cannot steer '${url.slice(0, 200)}': it is no URL of a server. Try http://127.0.0.1:8787.`,
    );
  }
  const at = parsed.pathname.indexOf(CONTROL_PATH.slice(0, -1));
  return `${parsed.origin}${at < 0 ? '' : parsed.pathname.slice(0, at)}${CONTROL_PATH}`;
}

function queryText(query: NonNullable<Exchange['query']>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, Array.isArray(value) ? value.join(',') : String(value));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

async function refusalOf(response: Response): Promise<SoundstageError> {
  const { status } = response;
  try {
    const { error } = (await response.json()) as {
      readonly error: {
        readonly code: `E_${string}`;
        readonly message: string;
        readonly details?: Readonly<Record<string, unknown>>;
      };
    };
    return new SoundstageError(error.code, error.message, { details: { ...error.details, status } });
  } catch (cause) {
    return new SoundstageError(
      'E_CONTROL_ANSWER',
      `Reading the answer of a control API failed: status ${status} and no error as JSON. Try the URL of a soundstage server whose control API is on.`,
      { cause, details: { status } },
    );
  }
}
