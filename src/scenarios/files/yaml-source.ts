/**
 * A YAML text as a value that knows where each part of it stands. Bounded in size, depth, aliases and cycles; must never
 * run anything that a file asks for.
 */
import { isCollection, isMap, isNode, isPair, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { LIMITS } from '../../protocol/limits.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';

/** A place in a file, counted from 1. */
export interface FilePlace {
  readonly line: number;
  readonly column: number;
}

/** A parsed file. */
export interface YamlSource {
  readonly value: unknown;
  /** Where the value at a path stands, or the nearest part around it; with `isKey` the key itself. */
  placeOf(path: readonly (string | number)[], isKey?: boolean): FilePlace;
}

/** What `parseYaml` throws, by its cause. */
export class YamlMistake extends Error {
  readonly place: FilePlace;

  constructor(message: string, place: FilePlace) {
    super(message);
    this.place = place;
  }
}

/**
 * Parses one YAML document.
 *
 * @throws YamlMistake where the text is no YAML, or asks for more than it may
 */
export function parseYaml(text: string): YamlSource {
  if (text.length > LIMITS.scenarioFileChars) {
    const most = `${LIMITS.scenarioFileChars} characters`;
    throw new YamlMistake(`it has more than ${most}. Try several scenarios.`, { line: 1, column: 1 });
  }
  const deep = deepLine(text);
  if (deep !== undefined) {
    throw new YamlMistake(`it nests deeper than ${LIMITS.scenarioDepth} levels. Try a flatter value.`, {
      line: deep,
      column: 1,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number): FilePlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const error = document.errors[0] ?? document.warnings[0];
  if (error !== undefined) {
    throw new YamlMistake(
      `${lowerFirst(error.message)}. Try a YAML checker.`.replace('..', '.'),
      at(error.pos[0]),
    );
  }
  refuseAliases(document.contents, at);
  return {
    value: document.toJS({ maxAliasCount: 0 }),
    placeOf: (path, isKey = false) => placeOf(document.contents, path, isKey, at),
  };
}

/** Aliases make bombs and circles, and no scenario needs them. */
function refuseAliases(contents: Node | null, at: (offset: number) => FilePlace): void {
  if (contents === null) return;
  visit(contents, {
    Alias: (_key, alias) => {
      throw new YamlMistake(
        `'*${alias.source}' refers to another part of the file, which scenarios do not do. Try writing it out.`,
        at(alias.range?.[0] ?? 0),
      );
    },
  });
}

/** Quoted text, whose brackets mean nothing. */
const QUOTED = /(^|[\s,[{:])(?:"(?:\\.|[^"\\\n])*"|'(?:''|[^'\n])*')/g;

/** A line that could belong to deep block nesting. */
const LONG_LEAD = new RegExp(`^[ \\t?-]{${LIMITS.scenarioDepth},}`, 'm');

/** The first line that nests too deep, judged without recursion: a parser would run out of stack. */
function deepLine(source: string): number | undefined {
  // Most files are far from it, which is quick to see.
  const brackets = source.match(/[[{]/g)?.length ?? 0;
  if (brackets <= LIMITS.scenarioDepth && !LONG_LEAD.test(source)) return undefined;
  return (
    deepFlowLine(source.replace(QUOTED, '$1')) ?? (source.split('\n').findIndex(isDeepBlock) + 1 || undefined)
  );
}

function deepFlowLine(text: string): number | undefined {
  let line = 1;
  let flow = 0;
  for (const [mark] of text.matchAll(/[[\]{}\n]/g)) {
    if (mark === '\n') line += 1;
    else flow += mark === '[' || mark === '{' ? 1 : -1;
    if (flow > LIMITS.scenarioDepth) return line;
  }
  return undefined;
}

/** Block nesting needs at least one column or one dash a level. */
function isDeepBlock(text: string): boolean {
  const lead = /^[\s?-]*/.exec(text)?.[0] ?? '';
  const dashes = lead.replace(/[^?-]/g, '').length;
  return dashes > LIMITS.scenarioDepth || lead.length > 8 * LIMITS.scenarioDepth;
}

function placeOf(
  contents: Node | null,
  path: readonly (string | number)[],
  isKey: boolean,
  at: (offset: number) => FilePlace,
): FilePlace {
  let node: unknown = contents;
  let place = at(startOf(node));
  for (const [index, key] of path.entries()) {
    if (!isCollection(node)) break;
    const isLast = index === path.length - 1;
    const pair = isMap(node)
      ? node.items.find((item) => isPair(item) && keyText(item.key) === String(key))
      : undefined;
    const value: unknown = pair === undefined ? node.get(key, true) : pair.value;
    if (pair !== undefined && isKey && isLast) return at(startOf(pair.key));
    if (value === undefined || value === null) return place;
    node = value;
    place = at(startOf(node));
  }
  return place;
}

function keyText(key: unknown): string {
  return String(typeof key === 'object' && key !== null && 'value' in key ? key.value : key);
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The error of a whole file: its name and the place in front of what is wrong. */
export function fileMistake(
  file: string,
  place: FilePlace,
  path: string,
  why: string,
  cause?: unknown,
): SoundstageError {
  const where = `${file}:${place.line}:${place.column}`;
  return new SoundstageError('E_SCENARIO', `Cannot play ${where}${path === '' ? '' : `, ${path}`}: ${why}`, {
    cause,
    details: { file, ...place, path },
  });
}
