/**
 * Both transports behind one face, with the client's and the server's view of a connection written down as text.
 */
import { WebSocket } from 'ws';
import type {
  Acceptor,
  Connection,
  ConnectionHandler,
  UpgradeRequest,
} from '../../src/mock-server/transport/connection.js';
import { createMemoryTransport } from '../../src/mock-server/transport/memory-transport.js';
import type { TransportLimits } from '../../src/mock-server/transport/transport-limits.js';
import { listenWs } from '../../src/mock-server/transport/ws-transport.js';
import type { WallClock } from '../../src/mock-server/wall-clock.js';
import type { ClientSocket } from '../../src/protocol/index.js';
import { Happenings } from './happenings.js';

/** A client that can stop reading, as a real one can. */
export interface TestSocket extends ClientSocket {
  pauseReading(): void;
  resumeReading(): void;
  sendBinary(data: Uint8Array): void;
  ping(): void;
}

export interface Client {
  readonly socket: TestSocket;
  readonly saw: Happenings;
  /** Every text received, whole. */
  readonly texts: string[];
}

export interface RunningTransport {
  connect(target?: string, options?: { headers?: Record<string, string>; protocols?: string[] }): Client;
  readonly connectionCount: number;
  close(): Promise<void>;
}

export interface TransportUnderTest {
  readonly name: string;
  start(options: {
    accept: Acceptor;
    limits?: Partial<TransportLimits>;
    clock?: WallClock;
    onInternalError?: (error: unknown) => void;
  }): Promise<RunningTransport>;
}

function newClient(open: (handlers: Parameters<ReturnType<typeof memoryConnect>>[1]) => TestSocket): Client {
  const saw = new Happenings();
  const texts: string[] = [];
  const socket = open({
    onOpen: () => saw.add('open'),
    onText: (text) => {
      texts.push(text);
      saw.add(`text ${text.slice(0, 40)}`);
    },
    onBinary: (sizeBytes) => saw.add(`binary ${sizeBytes}`),
    onRefused: (status, body) => saw.add(`refused ${status} ${body}`),
    onClose: (code, reason) => saw.add(`close ${code ?? 'none'} ${reason}`),
    onError: (error) => saw.add(`error ${error.message}`),
  });
  return { socket, saw, texts };
}

type MemoryConnect = ReturnType<typeof createMemoryTransport>['connect'];
function memoryConnect(): MemoryConnect {
  return createMemoryTransport({ accept: () => ({ accept: false, status: 500, body: '' }) }).connect;
}

export const memoryTransport: TransportUnderTest = {
  name: 'memory',
  start: (options) => {
    const transport = createMemoryTransport(options);
    return Promise.resolve({
      connect: (target = '/', { headers = {}, protocols = [] } = {}) =>
        newClient((handlers) =>
          transport.connect({ url: `ws://memory${target}`, headers, protocols }, handlers),
        ),
      get connectionCount() {
        return transport.connectionCount;
      },
      close: () => transport.close(),
    });
  },
};

export const wsTransport: TransportUnderTest = {
  name: 'ws',
  start: async (options) => {
    const listener = await listenWs(options);
    return {
      connect: (target = '/', { headers = {}, protocols = [] } = {}) =>
        newClient((handlers) => {
          const webSocket = new WebSocket(`${listener.url}${target}`, protocols, {
            headers,
            maxPayload: 64 * 1024 * 1024,
          });
          return wrapWebSocket(webSocket, handlers);
        }),
      get connectionCount() {
        return listener.connectionCount;
      },
      close: () => listener.close(),
    };
  },
};

function wrapWebSocket(webSocket: WebSocket, handlers: Parameters<MemoryConnect>[1]): TestSocket {
  let refused = false;
  webSocket.on('open', () => handlers.onOpen());
  webSocket.on('message', (data: Buffer, isBinary) =>
    isBinary ? handlers.onBinary(data.length) : handlers.onText(data.toString()),
  );
  webSocket.on('unexpected-response', (_request, response) => {
    refused = true;
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      body += chunk;
    });
    response.on('end', () => handlers.onRefused(response.statusCode ?? 0, body));
  });
  webSocket.on('error', (error) => refused || handlers.onError(error));
  webSocket.on('close', (code, reason) => {
    if (!refused) handlers.onClose(code === 1005 || code === 1006 ? undefined : code, reason.toString());
  });
  return {
    send: (text) => webSocket.send(text),
    sendBinary: (data) => webSocket.send(data),
    ping: () => webSocket.ping(),
    close: (code, reason) => webSocket.close(code, reason),
    terminate: () => webSocket.terminate(),
    pauseReading: () => webSocket.pause(),
    resumeReading: () => webSocket.resume(),
    get bufferedBytes() {
      return webSocket.bufferedAmount;
    },
  };
}

/** What a server does about a new connection: something at once, and perhaps some handlers. */
type Reaction = (connection: Connection) => Partial<ConnectionHandler>;

/** The reaction of a server that acts at once and listens to nothing. */
export function atOnce(act: (connection: Connection) => void): Reaction {
  return (connection) => {
    act(connection);
    return {};
  };
}

/** A server that writes down what each of its connections saw and lets the test drive them. */
export class ScriptedServer {
  readonly saw = new Happenings();
  readonly requests: UpgradeRequest[] = [];
  readonly connections: Connection[] = [];
  /** Every text received, whole, over all connections. */
  readonly texts: string[] = [];
  readonly #react: Reaction;

  constructor(react: Reaction = () => ({})) {
    this.#react = react;
  }

  /** The first connection. */
  get connection(): Connection {
    const [first] = this.connections;
    if (first === undefined) throw new Error('No connection yet.');
    return first;
  }

  readonly accept: Acceptor = (request) => {
    this.requests.push(request);
    return { accept: true, handler: (connection) => this.#handle(connection) };
  };

  #handle(connection: Connection): ConnectionHandler {
    this.connections.push(connection);
    const react = this.#react(connection);
    this.saw.add('open');
    return {
      onText: (text) => {
        this.texts.push(text);
        this.saw.add(`text ${text.slice(0, 40)}`);
        react.onText?.(text);
      },
      onBinary: (sizeBytes) => this.saw.add(`binary ${sizeBytes}`),
      onPing: () => this.saw.add('ping'),
      onDrain: () => this.saw.add('drain'),
      onClose: (code, reason, how) => {
        this.saw.add(`close ${code ?? 'none'} ${how} ${reason}`.trimEnd());
        react.onClose?.(code, reason, how);
      },
    };
  }
}
