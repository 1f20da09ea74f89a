/**
 * Plays scenarios of the library over a real socket with the reference client, and hands over what the client saw.
 * Must never assert anything.
 */
import { OmniRealtimeConversation } from '../../src/client/index.js';
import { createMockServer, type MockServer, type ServerSession } from '../../src/mock-server/index.js';
import { type HeardEvent, type PlayRecord, playScenario } from '../../src/play/index.js';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import type { Scenario } from '../../src/scenarios/index.js';

const DEFAULT_MODEL = 'qwen3.5-omni-flash-realtime';

/** A scenario that was played, from both sides. */
export interface LibraryRun {
  readonly scenario: Scenario;
  readonly record: PlayRecord;
  /** Sessions of the server in order of their connections, each ended. */
  readonly sessions: readonly ServerSession[];
  readonly server: MockServer;
  /** What the client received on the n-th connection, from 1. */
  events(connection?: number): readonly HeardEvent[];
  /** The types of these events. */
  types(connection?: number): readonly string[];
}

/** How a scenario is run. */
export interface RunOptions {
  /** Wall milliseconds to wait for what may never come. Default 1000. */
  readonly waitMs?: number;
  readonly seed?: number;
  /** Wall milliseconds without audio after which a media clock runs by itself. */
  readonly mediaGraceMs?: number;
}

/** Plays one scenario on a server of its own. */
export async function playFromLibrary(name: string, options: RunOptions = {}): Promise<LibraryRun> {
  return playOver(libraryScenario(name), name, options);
}

/** Plays any scenario on a server of its own. */
export async function playOver(
  scenario: Scenario,
  name: string,
  { waitMs = 1_000, seed = 1, mediaGraceMs }: RunOptions = {},
): Promise<LibraryRun> {
  const server = await createMockServer({
    scenarios: { [name]: scenario },
    library: false,
    ...(mediaGraceMs === undefined ? {} : { mediaGraceMs }),
  });
  try {
    const record = await playScenario({
      scenario,
      waitMs,
      open: (settings) =>
        new OmniRealtimeConversation({
          ...settings,
          model: scenario.model ?? DEFAULT_MODEL,
          url: server.urlFor({ scenario: name, name: 'player', seed }),
          apiKey: 'sk-any',
          validate: false,
          closeTimeoutMs: 500,
        }),
    });
    return {
      scenario,
      record,
      server,
      sessions: server.sessions,
      events: (connection = 1) => record.connections[connection - 1]?.heard.events ?? [],
      types: (connection = 1) =>
        (record.connections[connection - 1]?.heard.events ?? []).map(({ type }) => type),
    };
  } finally {
    await server.close();
  }
}
