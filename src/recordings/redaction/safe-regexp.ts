/**
 * Whether a regular expression of a user can be let loose on traffic: JavaScript's engine goes back and tries again, and
 * an expression that can match the same text in many ways may never end. Must refuse rather than risk that.
 */

/** Most ways in which the parts of one expression may share a match between them. */
const MAX_WAYS = 2 ** 20;
/** A repetition without an end. */
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/;

interface Group {
  hasChoice: boolean;
}

/** What is wrong with an expression; undefined when nothing is. @param maxChars of a match */
export function regexpMistake(source: string, flags: string, maxChars: number): string | undefined {
  let compiled: RegExp;
  try {
    compiled = new RegExp(source, flags);
  } catch (error) {
    return `it is no regular expression: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (compiled.test('')) return 'it matches the empty text, which is everywhere. Try + in place of *';
  return shapeMistake(source, maxChars);
}

function shapeMistake(source: string, maxChars: number): string | undefined {
  const groups: Group[] = [];
  let current: Group = { hasChoice: false };
  let closed: Group | undefined;
  let ways = 1;
  for (let index = 0; index < source.length; ) {
    const rest = source.slice(index);
    const quantifier = QUANTIFIER.exec(rest);
    if (quantifier !== null) {
      const span = spanOf(quantifier, 2 * maxChars);
      if (closed?.hasChoice === true && span.most > 1)
        return 'a group that is repeated has a repetition or a choice inside, which may take for ever. Try writing it without one of them';
      ways *= span.ways;
      if (span.ways > 1) current.hasChoice = true;
      closed = undefined;
      index += quantifier[0].length;
      continue;
    }
    closed = undefined;
    if (/^\(\?(?:[=!]|<[=!])/.test(rest))
      return 'it looks ahead or behind, which rules cannot. Try without (?…)';
    if (/^\\(?:[1-9]|k<)/.test(rest))
      return 'it refers back to a group, which rules cannot. Try writing it out';
    if (/^[$^]/.test(rest))
      return 'it asks for the beginning or the end, which a message does not have. Try \\b';
    const atom = /^(?:\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\])/.exec(rest)?.[0];
    if (atom !== undefined) {
      index += atom.length;
      continue;
    }
    if (rest.startsWith('(')) {
      groups.push(current);
      current = { hasChoice: false };
      index += /^\((?:\?:|\?<[^>]*>)?/.exec(rest)?.[0].length ?? 1;
      continue;
    }
    if (rest.startsWith(')')) {
      closed = current;
      current = groups.pop() ?? { hasChoice: false };
      if (closed.hasChoice) current.hasChoice = true;
    } else if (rest.startsWith('|')) {
      current.hasChoice = true;
      ways *= 2;
    }
    index += 1;
  }
  return ways > MAX_WAYS
    ? 'it has too many repetitions, which together may take very long. Try fewer, or bounds such as {1,8}'
    : undefined;
}

function spanOf([text, low, comma, high]: RegExpExecArray, unbounded: number) {
  if (text.startsWith('?')) return { most: 1, ways: 2 };
  if (low === undefined) return { most: unbounded, ways: unbounded };
  if (comma === undefined) return { most: Number(low), ways: 1 };
  const most = high === undefined || high === '' ? unbounded : Number(high);
  return { most, ways: Math.min(unbounded, Math.max(1, most - Number(low) + 1)) };
}
