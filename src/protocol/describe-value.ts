/**
 * Values as short text for error messages. Whatever it is given, it never throws, never recurses and never
 * returns more than a few hundred characters.
 */

const LONGEST_STRING = 64;
const MOST_ELEMENTS = 8;

/** How the constants are spelled. */
interface Spelling {
  readonly null: string;
  readonly true: string;
  readonly false: string;
}
const JSON_SPELLING: Spelling = { null: 'null', true: 'true', false: 'false' };
const PYTHON_SPELLING: Spelling = { null: 'None', true: 'True', false: 'False' };

/** A value in a few words: strings quoted and cut, arrays one level deep, objects as `{…}`. */
export function describeValue(value: unknown): string {
  return describe(value, JSON_SPELLING);
}

/** As `describeValue`, but spelled as Python prints it, since the service does (ERR1). */
export function pythonList(value: unknown): string {
  return describe(value, PYTHON_SPELLING);
}

function describe(value: unknown, spelling: Spelling): string {
  if (!Array.isArray(value)) return describeScalar(value, spelling);
  const shown = value.slice(0, MOST_ELEMENTS).map((element) => describeScalar(element, spelling));
  if (value.length > MOST_ELEMENTS) shown.push('…');
  return `[${shown.join(', ')}]`;
}

function describeScalar(value: unknown, spelling: Spelling): string {
  if (value === null) return spelling.null;
  switch (typeof value) {
    case 'string':
      return value.length > LONGEST_STRING ? `'${value.slice(0, LONGEST_STRING)}…'` : `'${value}'`;
    case 'boolean':
      return value ? spelling.true : spelling.false;
    case 'object':
      return Array.isArray(value) ? '[…]' : '{…}';
    case 'function':
    case 'symbol':
      return typeof value;
    default:
      return String(value);
  }
}

/** The name that takes the fewest edits to reach; the first of `names` when there is none to choose from. */
export function nearestName(wanted: string, names: readonly string[]): string {
  const short = wanted.slice(0, LONGEST_STRING).toLowerCase();
  let nearest = names[0] ?? '';
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const edits = editDistance(short, name.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      nearest = name;
    }
  }
  return nearest;
}

/** Levenshtein distance with one row of memory. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
