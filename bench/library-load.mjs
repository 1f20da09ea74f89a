// Reads, parses and checks every scenario of the library once. Prints one line of JSON: how many, and milliseconds.
import { libraryNames, libraryScenario } from '../dist/index.js';

const startedAt = performance.now();
for (const name of libraryNames()) libraryScenario(name);
console.log(
  JSON.stringify({ scenarios: libraryNames().length, ms: Math.round(performance.now() - startedAt) }),
);
