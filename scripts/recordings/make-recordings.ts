/**
 * `npm run recordings`: makes the recordings that ship with the repository anew, all of them or with `--only PART` those
 * whose name holds PART. Must never run by itself: a recording that changes unasked is worth nothing.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { openRecording } from '../../src/recordings/files/index.js';
import { FIXTURES, folderOf, RECORDINGS_FOLDER } from './all-fixtures.js';
import { brokenPromises } from './promises.js';
import { recordFixture } from './record-fixture.js';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const chosen = FIXTURES.filter(({ name }) => name.includes(values.only ?? ''));
let failures = 0;
for (const fixture of chosen) {
  const { problems } = await recordFixture(fixture, RECORDINGS_FOLDER);
  const wrong = [...problems, ...brokenPromises(fixture, openRecording(folderOf(fixture)))];
  if (wrong.length > 0) failures += 1;
  process.stdout.write(`${wrong.length === 0 ? 'ok    ' : 'WRONG '} ${fixture.name}\n`);
  for (const why of wrong)
    process.stderr.write(`  ${why}. Again: npm run recordings -- --only ${fixture.name}\n`);
}
if (chosen.length === 0) process.stderr.write(`No fixture has '${values.only}' in its name.\n`);
else process.stdout.write(`${chosen.length} made, ${failures} wrong. Now npm run docs.\n`);
process.exitCode = chosen.length === 0 ? 2 : failures === 0 ? 0 : 1;
