/**
 * The shortest way from one list to another (Myers 1986), bounded in work and memory. Must never look at what the
 * numbers stand for.
 */

/** One step: a place in both lists, in the first only, or in the second only. */
export type Edit =
  | { readonly kind: 'same'; readonly a: number; readonly b: number }
  | { readonly kind: 'removed'; readonly a: number }
  | { readonly kind: 'added'; readonly b: number };

/**
 * @param maxEdits additions and removals up to which a way is looked for
 * @returns undefined when the way is longer than that
 */
export function editScript(
  a: readonly number[],
  b: readonly number[],
  maxEdits: number,
): readonly Edit[] | undefined {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const middle = middleScript(a.slice(start, endA), b.slice(start, endB), maxEdits);
  if (middle === undefined) return undefined;
  const edits: Edit[] = [];
  for (let index = 0; index < start; index += 1) edits.push({ kind: 'same', a: index, b: index });
  for (const edit of middle) edits.push(shifted(edit, start));
  for (let index = 0; index < a.length - endA; index += 1)
    edits.push({ kind: 'same', a: endA + index, b: endB + index });
  return edits;
}

function shifted(edit: Edit, by: number): Edit {
  if (edit.kind === 'removed') return { kind: 'removed', a: edit.a + by };
  if (edit.kind === 'added') return { kind: 'added', b: edit.b + by };
  return { kind: 'same', a: edit.a + by, b: edit.b + by };
}

/** Keeps how far each diagonal was reached after every number of edits, and walks back from the end. */
function middleScript(
  a: readonly number[],
  b: readonly number[],
  maxEdits: number,
): readonly Edit[] | undefined {
  const reached: Int32Array[] = [];
  const most = Math.min(a.length + b.length, maxEdits);
  // Diagonal k stands at index k + edits + 1 of the row of that number of edits.
  let before = new Int32Array(3);
  for (let edits = 0; edits <= most; edits += 1) {
    const row = new Int32Array(2 * edits + 3).fill(-1);
    for (let k = -edits; k <= edits; k += 2) {
      let x = edits === 0 ? 0 : furthest(before, k, edits);
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      row[k + edits + 1] = x;
      if (x >= a.length && y >= b.length) {
        reached.push(row);
        return walkBack(reached, a.length, b.length);
      }
    }
    reached.push(row);
    before = row;
  }
  return undefined;
}

/** Where diagonal `k` begins: one step down from the diagonal above, or right from the one below. */
function furthest(before: Int32Array, k: number, edits: number): number {
  return isDown(before, k, edits) ? at(before, k + 1, edits - 1) : at(before, k - 1, edits - 1) + 1;
}

function isDown(before: Int32Array, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && at(before, k - 1, edits - 1) < at(before, k + 1, edits - 1));
}

function at(row: Int32Array, k: number, edits: number): number {
  return row[k + edits + 1] ?? -1;
}

function walkBack(reached: readonly Int32Array[], lengthA: number, lengthB: number): readonly Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [lengthA, lengthB];
  for (let count = reached.length - 1; count > 0; count -= 1) {
    const before = reached[count - 1] as Int32Array;
    const k = x - y;
    const down = isDown(before, k, count);
    const fromK = down ? k + 1 : k - 1;
    const fromX = at(before, fromK, count - 1);
    const fromY = fromX - fromK;
    while (x > (down ? fromX : fromX + 1) && y > (down ? fromY + 1 : fromY)) {
      x -= 1;
      y -= 1;
      edits.push({ kind: 'same', a: x, b: y });
    }
    if (down) edits.push({ kind: 'added', b: fromY });
    else edits.push({ kind: 'removed', a: fromX });
    [x, y] = [fromX, fromY];
  }
  while (x > 0 && y > 0) {
    x -= 1;
    y -= 1;
    edits.push({ kind: 'same', a: x, b: y });
  }
  return edits.reverse();
}
