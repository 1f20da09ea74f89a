/**
 * The Python programs of the guide to recording, cut out of its text and run with the official SDK: what they are
 * recorded as, and what they print when they do it again, do something else, or stop early. Must never change a
 * program but for the change that the page tells the reader to make.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pageFile, pageModule } from '../../scripts/docs/page-file.js';
import { openRecording } from '../../src/recordings/files/index.js';
import type { SuiteReport } from '../report.js';
import { CACHE, type Sdk } from '../sdks.js';
import type { CaseVerdict } from '../suite-process.js';
import { CommandLine, type Finished } from './command-line.js';

const PAGE = 'docs/guides/record-and-replay.md';
const TYPESCRIPT = 'recordings/kitchen.rec';
const PYTHON = 'recordings/kitchen-python.rec';
const KEY = 'Where is the key?';
const LAMP = 'Where is the lamp?';

/** What was answered, by recording. */
type Answers = Readonly<Record<string, string>>;

/** One run of `replay.py`, and what the page says that it prints. */
interface GuideCase {
  readonly name: string;
  readonly recording: string;
  readonly question: string;
  /** The program of `ask.py`; default as it stands on the page. */
  readonly change?: (program: string) => string;
  /** What the line of `replay` must hold, and the last line. */
  readonly says: RegExp;
  readonly verdict: 'the program did what was recorded' | 'it did not';
  /** The first line: the recorded answer, where there is one. */
  readonly answers: boolean;
}

const GUIDE_CASES: readonly GuideCase[] = [
  {
    name: 'guide-python-on-what-typescript-recorded',
    recording: TYPESCRIPT,
    question: KEY,
    says: /"ok":true.*"isComplete":true/,
    verdict: 'the program did what was recorded',
    answers: true,
  },
  {
    name: 'guide-python-on-its-own-recording',
    recording: PYTHON,
    question: KEY,
    says: /"ok":true.*"isComplete":true/,
    verdict: 'the program did what was recorded',
    answers: true,
  },
  {
    name: 'guide-python-asks-something-else',
    recording: TYPESCRIPT,
    question: LAMP,
    says: /"path":"item\.content\.0\.text".*Where is the key\?.*Where is the lamp\?/,
    verdict: 'it did not',
    answers: false,
  },
  {
    name: 'guide-python-stops-early',
    recording: TYPESCRIPT,
    question: KEY,
    change: withoutQuestion,
    says: /"leftovers":.*conversation\.item\.create/,
    verdict: 'it did not',
    answers: false,
  },
];

/** The cases whose name contains the text; none for an SDK that is not Python. */
export function guideCases({ language }: Sdk, only: string): readonly string[] {
  if (language !== 'python') return [];
  return GUIDE_CASES.map(({ name }) => name).filter((name) => name.includes(only));
}

/** Follows the page. @param python the interpreter that has the SDK */
export async function followGuide(sdk: Sdk, python: string, names: readonly string[]): Promise<SuiteReport> {
  const startedMs = performance.now();
  const folder = join(CACHE, 'recordings', `${sdk.sdk}-guide`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const cases = GUIDE_CASES.filter(({ name }) => names.includes(name));
  const title = `${sdk.title}, the guide`;
  const report = (verdicts: readonly CaseVerdict[]): SuiteReport => {
    return { title, sdk: sdk.sdk, verdicts, wallMs: Math.round(performance.now() - startedMs) };
  };
  const commands = new CommandLine(folder, python);
  try {
    const answers = await record(commands, folder);
    const verdicts = await Promise.all(cases.map((one) => replay(one, commands, folder, answers)));
    return report(verdicts);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return report(names.map((name) => ({ case: name, status: 'failed', detail, ms: 0 })));
  } finally {
    await commands.end();
  }
}

/** The page's steps without an account: a server, a recorder before it, the program in both languages. @returns answers by recording */
async function record(commands: CommandLine, folder: string): Promise<Answers> {
  const service = await commands.start('serve', '--port', '0', '--clock', 'auto', '--json');
  const upstream = new URL(String(service['url'])).origin;
  const recorder = await commands.start('record', '--upstream', upstream, '--out', 'recordings', '--json');
  const named = (name: string) => String(recorder['namedUrl']).replace('<name>', name);
  writeFileSync(join(folder, 'ask.ts'), pageModule(PAGE, 'ask.ts'));
  writeFileSync(join(folder, 'ask.py'), pageFile(PAGE, 'ask.py'));
  const { ask } = (await import(pathToFileURL(join(folder, 'ask.ts')).href)) as {
    ask: (url: string, question: string) => Promise<string>;
  };
  const toTypeScript = await ask(named('kitchen'), KEY);
  const { output, errors } = await commands.python(folder, 'ask.py', named('kitchen-python'), KEY);
  if (toTypeScript === '' || output.trim() === '')
    throw new Error(`ask.ts was told '${toTypeScript}', ask.py printed '${output}'\n${errors}`);
  // A recorder that has ended has written everything.
  await commands.end();
  const answers = { [TYPESCRIPT]: toTypeScript, [PYTHON]: output.trimEnd() };
  for (const path of Object.keys(answers))
    if (!openRecording(join(folder, path)).manifest.complete) throw new Error(`${path} is not complete`);
  return answers;
}

async function replay(
  one: GuideCase,
  commands: CommandLine,
  folder: string,
  answers: Answers,
): Promise<CaseVerdict> {
  const startedMs = performance.now();
  const own = join(folder, one.name);
  mkdirSync(own);
  const program = pageFile(PAGE, 'ask.py');
  writeFileSync(join(own, 'ask.py'), one.change?.(program) ?? program);
  writeFileSync(join(own, 'replay.py'), pageFile(PAGE, 'replay.py'));
  const finished = await commands.python(own, 'replay.py', join(folder, one.recording), one.question);
  const problem = problemOf(one, finished, answers[one.recording]);
  const ms = Math.round(performance.now() - startedMs);
  return { case: one.name, status: problem === undefined ? 'passed' : 'failed', detail: problem ?? '', ms };
}

function problemOf(one: GuideCase, { output, errors }: Finished, answer = ''): string | undefined {
  const lines = output.trimEnd().split('\n');
  const [said = '', verdict = ''] = lines.slice(-2);
  const printed = `it printed:\n${output}${errors}`;
  if (verdict !== one.verdict) return `the last line is not '${one.verdict}'; ${printed}`;
  if (!one.says.test(said)) return `the line of replay does not say ${one.says}; ${printed}`;
  if (one.answers && lines[0] !== answer) return `the first line is not '${answer}'; ${printed}`;
  return undefined;
}

/** What the page says: without the three lines that ask. */
function withoutQuestion(program: string): string {
  const lines = program.split('\n');
  const kept = lines.filter((line) => !/^ {4}(?:content = |conversation\.create_)/.test(line));
  if (kept.length !== lines.length - 3) throw new Error('ask.py does not ask in three lines');
  return kept.join('\n');
}
