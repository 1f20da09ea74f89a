/**
 * `soundstage diff`: how two recordings differ, line by line and in words. Must never decide by itself what counts:
 * the comparison does.
 */
import { Command } from 'commander';
import pc from 'picocolors';
import { SoundstageError } from '../protocol/index.js';
import {
  compareRecordings,
  DEFAULT_TIME_TOLERANCE_MS,
  type RecordingComparison,
  type UnifiedHunk,
  type UnifiedLine,
} from '../recordings/compare/index.js';
import { createNodeSha256, openRecording } from '../recordings/files/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { printable, quoted } from './terminal-text.js';

interface DiffFlags {
  readonly timeTolerance: number;
  readonly context: number;
  readonly textOnly?: boolean;
  readonly json?: boolean;
}

const DEFAULT_CONTEXT_LINES = 3;

/** Builds the command. */
export function diffCommand(): Command {
  return new Command('diff')
    .description('Compare two recordings. Ends with 1 when they differ.')
    .argument('<a>', 'a recording: its folder or zip file')
    .argument('<b>', 'the recording that is compared with it')
    .option(
      '--time-tolerance <ms>',
      'milliseconds by which the times of an event may differ',
      readWhole('--time-tolerance'),
      DEFAULT_TIME_TOLERANCE_MS,
    )
    .option(
      '--context <lines>',
      'lines shown around each change',
      readWhole('--context'),
      DEFAULT_CONTEXT_LINES,
    )
    .option('--text-only', 'only the lines that differ, as a unified diff')
    .option('--json', 'one JSON object instead of text')
    .action(diff);
}

function diff(a: string, b: string, flags: DiffFlags): void {
  const comparison = compareRecordings(openRecording(a), openRecording(b), {
    timeToleranceMs: flags.timeTolerance,
    contextLines: flags.context,
    createHash: createNodeSha256,
  });
  const command = commandOf(a, b, flags);
  const text = flags.json === true ? asJson(a, b, comparison, command) : asText(a, b, comparison, flags);
  if (text !== '') process.stdout.write(`${text}\n`);
  if (!comparison.equal && flags.json !== true) process.stdout.write(`\n${pc.dim(`Again: ${command}`)}\n`);
  process.exitCode = comparison.equal ? EXIT_CODES.clean : EXIT_CODES.failures;
}

function asJson(a: string, b: string, comparison: RecordingComparison, again: string): string {
  return JSON.stringify({ a, b, ...comparison, again }, undefined, 2);
}

function asText(a: string, b: string, comparison: RecordingComparison, { textOnly }: DiffFlags): string {
  const lines = comparison.hunks.flatMap(renderHunk);
  const head = [pc.bold(`--- ${a}`), pc.bold(`+++ ${b}`)];
  const parts = lines.length === 0 ? [] : [[...head, ...lines].join('\n')];
  if (textOnly !== true) parts.push(inWords(comparison));
  return parts.join('\n\n');
}

function renderHunk({ header, lines }: UnifiedHunk): string[] {
  return [pc.cyan(header), ...lines.map(renderLine)];
}

function renderLine({ mark, text }: UnifiedLine): string {
  const line = `${mark}${printable(text)}`;
  if (mark === ' ') return line;
  return mark === '-' ? pc.red(line) : pc.green(line);
}

function inWords({ equal, differences, unlisted, remarks, same }: RecordingComparison): string {
  const lines = differences.map(({ words }) => `${pc.red('*')} ${printable(words)}`);
  if (unlisted > 0) lines.push(`${pc.red('*')} and ${unlisted} more`);
  lines.push(...remarks.map(({ words }) => pc.dim(`  ${printable(words)}`)));
  if (same !== '') lines.push(pc.dim(`  ${same}`));
  lines.push(
    equal
      ? pc.green('The recordings say the same.')
      : pc.red(`${differences.length + unlisted} differences.`),
  );
  return lines.join('\n');
}

function commandOf(a: string, b: string, { timeTolerance, context, textOnly }: DiffFlags): string {
  const parts = ['soundstage diff', quoted(a), quoted(b)];
  if (timeTolerance !== DEFAULT_TIME_TOLERANCE_MS) parts.push(`--time-tolerance ${timeTolerance}`);
  if (context !== DEFAULT_CONTEXT_LINES) parts.push(`--context ${context}`);
  if (textOnly === true) parts.push('--text-only');
  return parts.join(' ');
}

function readWhole(flag: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new SoundstageError(
      'E_CLI_VALUE',
      `Cannot use ${flag} ${text}: it is no whole number. Try ${flag} 5.`,
      {
        details: { flag, text },
      },
    );
  };
}
