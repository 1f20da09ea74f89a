/** Laws of the edit script: it leads from one list to the other, and no shorter one does. */
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { editScript } from './edit-script.js';

const list = fc.array(fc.nat(3), { maxLength: 30 });

function longestCommon(a: readonly number[], b: readonly number[]): number {
  const row = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    let diagonal = 0;
    for (let index = 1; index <= b.length; index += 1) {
      const above = row[index] ?? 0;
      row[index] = one === b[index - 1] ? diagonal + 1 : Math.max(above, row[index - 1] ?? 0);
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}

test.prop([list, list])('leads from one list to the other, the shortest way', (a, b) => {
  const edits = editScript(a, b, 100) ?? [];
  const [fromA, fromB]: [number[], number[]] = [[], []];
  for (const edit of edits) {
    if (edit.kind !== 'added') fromA.push(edit.a);
    if (edit.kind !== 'removed') fromB.push(edit.b);
    if (edit.kind === 'same') expect(a[edit.a]).toBe(b[edit.b]);
  }
  expect(fromA).toEqual(a.map((_, index) => index));
  expect(fromB).toEqual(b.map((_, index) => index));
  const same = edits.filter(({ kind }) => kind === 'same').length;
  expect(same).toBe(longestCommon(a, b));
});

test.prop([list, list, fc.nat(20)])(
  'gives up exactly when the way is longer than the limit',
  (a, b, limit) => {
    const needed = a.length + b.length - 2 * longestCommon(a, b);
    expect(editScript(a, b, limit) === undefined).toBe(needed > limit);
  },
);
