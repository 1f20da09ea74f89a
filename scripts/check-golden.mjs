/**
 * Compares the demo's transcript hashes with the golden ones, on whatever Node runs it; needs a built dist/. Plain
 * Node, so that other versions can run it. Must never write the golden file.
 */
import { readFileSync } from 'node:fs';
import { loadDemoMaterial } from '../dist/demo/demo-material.js';
import { computeDemoHashes } from '../dist/demo/golden-hashes.js';

const golden = JSON.parse(readFileSync(new URL('../test/golden/demo-hashes.json', import.meta.url), 'utf8'));
const found = await computeDemoHashes(loadDemoMaterial(), 'socket');
const different = Object.entries(golden).flatMap(([seed, sessions]) =>
  Object.entries(sessions)
    .filter(([session, hash]) => found[seed]?.[session] !== hash)
    .map(([session, hash]) => `  seed ${seed}, ${session}: ${found[seed]?.[session]} instead of ${hash}`),
);
const count = Object.values(golden).flatMap((sessions) => Object.keys(sessions)).length;

if (different.length > 0 || count === 0) {
  console.error(`Node ${process.version}: ${different.length} of ${count} golden hashes differ`);
  console.error(different.join('\n'));
  process.exitCode = 1;
} else {
  console.log(`Node ${process.version}: all ${count} golden hashes hold`);
}
