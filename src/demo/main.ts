/**
 * `npm run demo`: starts the server, drives it with the reference client over a real socket through five sessions,
 * shows them, and ends by itself: 0 when everything shown is true, 1 when a claim failed, 2 for wrong use, 3 when the
 * demo could not run.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { loadDemoMaterial } from './demo-material.js';
import { renderRun, writeAnswers } from './demo-output.js';
import { DEMO_SESSIONS } from './demo-sessions.js';
import { createDemoServer, runDemoSession } from './run-demo-session.js';

const DEFAULT_SEED = 7;
const ANSWERS_FOLDER = join('out', 'demo');
const HELP = `Usage: npm run demo -- [--seed <number>]

Starts the server, drives it with the reference client through ${DEMO_SESSIONS.length} sessions, shows them with their hashes,
and writes the answers to ${ANSWERS_FOLDER} as WAV files.

  --seed <number>  decides ids and generated answers (default: ${DEFAULT_SEED})
  -h, --help       display this help`;
const EXIT = { clean: 0, failures: 1, usage: 2, infrastructure: 3 } as const;

process.exitCode = await main();

async function main(): Promise<number> {
  const flags = readFlags();
  if (typeof flags === 'string') {
    console.error(`Cannot run the demo: ${flags}. Try npm run demo -- --seed 7.`);
    return EXIT.usage;
  }
  const { seed, help } = flags;
  if (help) {
    console.log(HELP);
    return EXIT.clean;
  }
  try {
    return await showAll(seed);
  } catch (error) {
    console.error(pc.red(error instanceof Error ? error.message : String(error)));
    console.error(`Run it again with: npm run demo -- --seed ${seed}`);
    return EXIT.infrastructure;
  }
}

async function showAll(seed: number): Promise<number> {
  const material = loadDemoMaterial();
  const server = await createDemoServer();
  console.log('soundstage, a stand-in for Qwen-Omni-Realtime, listens on');
  console.log(server.url);
  console.log('Left: the reference client, over a real socket. Right: the simulated service.');
  console.log('Times are virtual.');
  let failedClaims = 0;
  try {
    for (const [index, session] of DEMO_SESSIONS.entries()) {
      const run = await runDemoSession(session, server, material, { transport: 'socket', seed });
      const position = `${index + 1}/${DEMO_SESSIONS.length}`;
      console.log(renderRun(run, position, writeAnswers(run, ANSWERS_FOLDER), pc, process.stdout.columns));
      failedClaims += run.claims.filter(({ holds }) => !holds).length;
    }
  } finally {
    await server.close();
  }
  if (failedClaims > 0) {
    console.error(pc.red(`${failedClaims} of the claims above do not hold.`));
    console.error(`Run it again with: npm run demo -- --seed ${seed}`);
    return EXIT.failures;
  }
  console.log(
    `All ${DEMO_SESSIONS.length} sessions went as they should; the same seed gives the same hashes.`,
  );
  console.log(`Hear the answers in ${ANSWERS_FOLDER}, then point a client of your own at: npm start`);
  return EXIT.clean;
}

/** The flags, or why they cannot be used. */
function readFlags(): { readonly seed: number; readonly help: boolean } | string {
  try {
    const { values } = parseArgs({
      options: { seed: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    });
    const { seed: written = String(DEFAULT_SEED), help } = values;
    const seed = Number(written);
    const isWhole = /^-?\d+$/.test(written) && Number.isSafeInteger(seed);
    return isWhole ? { seed, help } : `--seed takes a whole number, not '${written}'`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return why.split('. ')[0] ?? why;
  }
}
