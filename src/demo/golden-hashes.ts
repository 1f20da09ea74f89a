/**
 * The transcript hashes that the demo sessions must give, by seed and session. Written only when asked for, by
 * `SOUNDSTAGE_UPDATE_GOLDEN=1`; a changed hash means that every user's transcript changed.
 */

import type { DemoMaterial } from './demo-material.js';
import { DEMO_SESSIONS } from './demo-sessions.js';
import { createDemoServer, type DemoRunOptions, runDemoSession } from './run-demo-session.js';

/** Seeds whose hashes are pinned; the first is the demo's own. */
export const GOLDEN_SEEDS: readonly number[] = [7, 1, 42];

/** Hash by seed and session name. */
export type GoldenHashes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Runs every session with every pinned seed, one after the other. */
export async function computeDemoHashes(
  material: DemoMaterial,
  transport: DemoRunOptions['transport'],
): Promise<GoldenHashes> {
  const server = await createDemoServer();
  const hashes: Record<string, Record<string, string>> = {};
  try {
    for (const seed of GOLDEN_SEEDS) {
      const bySession: Record<string, string> = {};
      for (const session of DEMO_SESSIONS) {
        const run = await runDemoSession(session, server, material, { transport, seed });
        bySession[session.name] = run.transcriptHash;
      }
      hashes[seed] = bySession;
    }
  } finally {
    await server.close();
  }
  return hashes;
}
