/**
 * The parts of recordings/README.md that come from the manifests and the data of the fixtures. Must never read more of a
 * recording than its manifest.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILY_IDS, MODEL_FAMILIES } from '../../src/protocol/index.js';
import { openRecording } from '../../src/recordings/files/index.js';
import type { ManifestLane } from '../../src/recordings/index.js';
import { folderOf, RECORDINGS_FOLDER } from '../recordings/all-fixtures.js';
import type { Fixture } from '../recordings/fixture.js';
import { FLOW_FIXTURES } from '../recordings/flows.js';
import { LEFT_OUT, REFUSAL_FIXTURES } from '../recordings/refusals.js';
import { table } from './markdown.js';

const HEAD = ['recording', 'entries', 'client audio', 'server audio', 'size', 'what it shows'];

/** The flows, family by family. */
export function flowRecordings(): string {
  return FAMILY_IDS.map((family) => {
    const own = FLOW_FIXTURES.filter((fixture) => fixture.family === family);
    const [first] = own;
    return `### ${MODEL_FAMILIES[family].label}, \`${first?.model}\`\n\n${recordingTable(own)}`;
  }).join('\n\n');
}

/** The refusals, with the model that refused. */
export function refusalRecordings(): string {
  const rows = REFUSAL_FIXTURES.map((fixture) => [`\`${fixture.model}\``, ...rowOf(fixture)]);
  return table(['model', ...HEAD], rows);
}

/** The refusals without a recording. */
export function leftOutRefusals(): string {
  return LEFT_OUT.map(({ slug, why }) => `- \`${slug}\`: ${why}.`).join('\n');
}

/** How much there is. */
export function recordingsSize(): string {
  const folders = [...FLOW_FIXTURES, ...REFUSAL_FIXTURES].map(folderOf);
  const sizeBytes = folders.reduce((sum, folder) => sum + folderBytes(folder), 0);
  return `${folders.length} recordings, ${(sizeBytes / 1_000_000).toFixed(1)} MB.`;
}

function recordingTable(fixtures: readonly Fixture[]): string {
  return table(HEAD, fixtures.map(rowOf));
}

function rowOf(fixture: Fixture): string[] {
  const folder = folderOf(fixture);
  const { events, lanes } = openRecording(folder, { verify: false }).manifest;
  const path = folder.slice(RECORDINGS_FOLDER.length + 1);
  return [
    `[${path.slice(path.indexOf('/') + 1, -'.rec'.length)}](${path}/events.jsonl)`,
    String(events.entries),
    secondsOf(lanes.client),
    secondsOf(lanes.server),
    `${Math.ceil(folderBytes(folder) / 1000)} kB`,
    fixture.shows,
  ];
}

function secondsOf(lane: ManifestLane | undefined): string {
  return lane === undefined ? '' : `${(lane.samples / lane.rateHz).toFixed(1)} s`;
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .filter((found) => found.isFile())
    .reduce((sum, { size }) => sum + size, 0);
}
