/**
 * What the demo prints and writes: transcripts, claims, hashes, WAV files. Must never decide whether a claim holds.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Colors } from 'picocolors/types.js';
import { encodeWav } from '../media/index.js';
import {
  renderTranscriptColumns,
  TRANSCRIPT_WIDTH,
  type TranscriptPaint,
  wrapText,
} from '../report/index.js';
import type { DemoRun } from './run-demo-session.js';

const OUTPUT_RATE_HZ = 24_000;

/** The colours of a transcript. */
export function transcriptPaint(colors: Colors): TranscriptPaint {
  return {
    time: colors.dim,
    client: colors.cyan,
    server: colors.green,
    error: colors.red,
    note: colors.dim,
  };
}

/** One session as text: title, two columns, claims, seed and hash, files. */
export function renderRun(
  run: DemoRun,
  position: string,
  files: readonly string[],
  colors: Colors,
  terminalColumns: number | undefined,
): string {
  const { session } = run;
  const widthColumns = terminalColumns ?? TRANSCRIPT_WIDTH.defaultColumns;
  const claims = run.claims.flatMap(({ text, holds }) => {
    const mark = holds ? colors.green('✓') : colors.red('✗');
    return wrapText(text, widthColumns - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`);
  });
  return [
    '',
    titleLine(`${position}  ${session.title}`, `${session.name}, ${session.model}`, widthColumns, colors),
    '',
    renderTranscriptColumns(run.entries, { widthColumns, paint: transcriptPaint(colors) }),
    '',
    ...claims,
    ...files.map((file) => `  ${colors.green('♪')} ${file}`),
    `  seed ${run.seed}  hash ${colors.bold(run.transcriptHash)}`,
    '',
  ].join('\n');
}

/** The title and, on the same line if they fit, the names that logs and URLs use. */
function titleLine(title: string, names: string, widthColumns: number, colors: Colors): string {
  const gap = title.length + 2 + names.length <= widthColumns ? '  ' : '\n     ';
  return `${colors.bold(title)}${gap}${colors.dim(names)}`;
}

/**
 * Writes the spoken answers as WAV files.
 *
 * @returns their paths, relative as given
 */
export function writeAnswers(run: DemoRun, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return run.answers.map((samples, index) => {
    const name = run.session.answerNames[index] ?? `${run.session.name}-${index + 1}`;
    const path = join(folder, `${name}.wav`);
    writeFileSync(path, encodeWav(samples, OUTPUT_RATE_HZ));
    return path;
  });
}
