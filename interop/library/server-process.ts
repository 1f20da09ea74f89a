/**
 * The mock server of a library run as a process of its own, so that it can be seen to live or die. Answers questions of
 * the parent about what it saw. Must never shield the server from an error: an uncaught one ends the process.
 */
import { verifyScenario } from '../../src/assertions/index.js';
import { createMockServer, type ServerSession } from '../../src/index.js';
import { LIMITS } from '../../src/protocol/index.js';
import { libraryScenario } from '../../src/scenarios/files/index.js';

/** What the parent asks. */
export type ServerQuestion =
  | { readonly ask: 'look'; readonly scenario: string; readonly name: string }
  | { readonly ask: 'settle' }
  | { readonly ask: 'memory' }
  | { readonly ask: 'stop' };

/** What the server saw of one run, by the run's connection name. */
export interface ServerView {
  /** Attempts to connect, refused ones included, and how many were let in. */
  readonly attempts: number;
  readonly accepted: number;
  /** Text messages that went out to the client. */
  readonly sent: number;
  /** Connections that the server ended or that broke, not the client. */
  readonly endedByServer: number;
  /** Expectations that the log does not show to be met, in plain words. */
  readonly unmet: readonly string[];
}

/** Memory after a garbage collection. */
export interface ServerMemory {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Sockets that the process has open. */
  readonly sockets: number;
}

/** What is still there when everybody has gone, and what Node warned of. */
export interface ServerRest {
  readonly open: readonly string[];
  readonly warnings: readonly string[];
}

/** Wall milliseconds for connections to end after their client has. */
const END_MS = 1_000;
/** Wall milliseconds for the last ones: a link that a fault has killed is minded for so long, its client gone or not. */
const SETTLE_MS = LIMITS.impairedConnectionMs + 5_000;
/** Wall milliseconds to wait for the next session; then the wait begins anew. */
const NEXT_SESSION_MS = 60_000;

/** More than the default: verification needs the whole log, and one message of the library has 64 MiB. */
const SESSION_LOG_BYTES = 160 * 2 ** 20;

const server = await createMockServer({
  port: 0,
  seed: 7,
  clock: 'auto',
  sessionLogBytes: SESSION_LOG_BYTES,
});
const warnings: string[] = [];
/** Sessions by scenario and name: the server itself forgets ended ones, and a slow run would lose its own. */
const sessions = new Map<string, ServerSession[]>();
const leftOpen: ServerSession[] = [];

process.on('warning', (warning) => warnings.push(`${warning.name}: ${warning.message}`));
process.on('disconnect', () => process.exit(0));
process.on('message', ({ id, question }: { id: number; question: ServerQuestion }) => {
  void answer(question).then((result) => {
    process.send?.({ id, answer: result });
    if (question.ask === 'stop') process.disconnect();
  });
});
void collectSessions();
process.send?.({ url: server.url });

async function collectSessions(): Promise<never> {
  for (;;) {
    const session = await server.nextSession({ timeoutMs: NEXT_SESSION_MS }).catch(() => undefined);
    if (session?.scenario == null) continue;
    const key = `${session.scenario}/${session.connectionKey}`;
    sessions.set(key, [...(sessions.get(key) ?? []), session]);
  }
}

async function answer(question: ServerQuestion): Promise<unknown> {
  if (question.ask === 'look') return look(question.scenario, question.name);
  if (question.ask === 'memory') return memory();
  if (question.ask === 'settle') return settle();
  await server.close();
  return {};
}

async function look(scenario: string, name: string): Promise<ServerView> {
  const key = `${scenario}/${name}`;
  const seen = sessions.get(key) ?? [];
  await within(
    END_MS,
    seen.map(({ closed }) => closed),
  );
  sessions.delete(key);
  leftOpen.push(...seen.filter(({ close }) => close === undefined));
  const upgrades = server.upgrades.filter((one) => one.scenario === scenario && one.name === name);
  const evidence = seen.map(({ connection, entries, close }) => ({
    connection,
    entries,
    isOpen: close === undefined,
  }));
  const { checks } = verifyScenario({
    scenario: libraryScenario(scenario),
    sessions: evidence,
    upgrades,
  });
  return {
    attempts: upgrades.length,
    accepted: upgrades.filter((one) => one.answer === 'accepted').length,
    sent: seen.reduce((sum, session) => sum + sentBy(session), 0),
    endedByServer: seen.filter(({ close }) => close !== undefined && close.by !== 'client').length,
    unmet: checks.filter(({ ok }) => !ok).map(({ what }) => what),
  };
}

function sentBy(session: ServerSession): number {
  return session.entries.filter((entry) => entry.kind === 'server' && entry.disposition !== 'dropped').length;
}

async function settle(): Promise<ServerRest> {
  const closed = leftOpen.map((session) => session.closed);
  await within(SETTLE_MS, closed);
  const open = leftOpen.filter(({ close }) => close === undefined);
  return { open: open.map(({ scenario, connectionKey }) => `${scenario}/${connectionKey}`), warnings };
}

function memory(): ServerMemory {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  return { rssBytes: rss, heapBytes: heapUsed, sockets };
}

/** Waits for all, but no longer than this. */
async function within(limitMs: number, promises: readonly Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([Promise.all(promises), limit]);
  clearTimeout(timer);
}
