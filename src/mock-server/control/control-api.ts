/**
 * The control API over HTTP: lets a request in, finds its row in the table, and writes what comes of it. Must never
 * throw into the server, and never answer before it has looked who asks.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SoundstageError } from '../../protocol/index.js';
import { type AccessRules, checkAccess } from './access.js';
import { answerToError } from './control-error.js';
import { openApiDocument } from './openapi.js';
import { readQuery } from './query-parameters.js';
import { type Reply, writeRefusal, writeReply } from './reply.js';
import { readBody } from './request-body.js';
import { CONTROL_PATH, type ControlContext, findRoute } from './route.js';
import { CONTROL_ROUTES } from './routes.js';

/** What the API is made with: what its routes reach, and who may. */
export type ControlApiOptions = AccessRules & Omit<ControlContext, 'routes' | 'openApi'>;

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** The control API of one server. */
export class ControlApi {
  readonly #access: AccessRules;
  readonly #context: ControlContext;
  #openApi: unknown;

  constructor(options: ControlApiOptions) {
    this.#access = options;
    this.#context = {
      ...options,
      routes: CONTROL_ROUTES,
      openApi: () => {
        this.#openApi ??= openApiDocument();
        return this.#openApi;
      },
    };
  }

  /** Answers a request if it is one of the control API; else returns false. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { path, query } = splitTarget(request.url ?? '/');
    if (path === undefined) return false;
    void this.#answer(request, response, path, query);
    return true;
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ): Promise<void> {
    const left = new AbortController();
    response.once('close', () => left.abort());
    // Whoever leaves in the middle of an answer is no fault of the server.
    response.on('error', () => left.abort());
    const { signal } = left;
    try {
      const reply = await this.#replyTo(request, path, query, signal);
      await writeReply(response, reply, { signal, clock: this.#context.clock });
    } catch (error) {
      this.#refuse(request, response, error);
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (!(error instanceof SoundstageError)) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
    writeRefusal(request, response, answerToError(error));
  }

  async #replyTo(request: IncomingMessage, path: string, query: string, signal: AbortSignal): Promise<Reply> {
    checkAccess(request.headers, this.#access);
    const match = findRoute(CONTROL_ROUTES, request.method ?? 'GET', path);
    const { route } = match;
    const values = readQuery(query, route.query ?? {});
    const name = Object.values(match.path).at(-1) ?? '';
    const body = route.body === undefined ? undefined : await readBody(request, route.body, name);
    return route.handle({ path: match.path, query: values, body, context: this.#context, signal });
  }
}

/** The part behind `CONTROL_PATH`, undefined for a path that is not below it, and the query. */
function splitTarget(target: string): { readonly path: string | undefined; readonly query: string } {
  const [location = ''] = target.replace(ORIGIN, '').split('#', 1);
  const [path = '', ...queries] = location.split('?');
  const whole = `${path}/` === CONTROL_PATH ? CONTROL_PATH : path;
  return {
    path: whole.startsWith(CONTROL_PATH) ? whole.slice(CONTROL_PATH.length) : undefined,
    query: queries.join('?'),
  };
}
