/**
 * Holds the page of defects to its form: scenario files cite its ids, so each must be there once, for ever. Whether an
 * entry is true it cannot judge.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readDefects } from '../scripts/docs/defects-page.js';
import { UNEXPRESSED_DEFECTS } from '../scripts/docs/unexpressed-defects.js';

const PAGE = readFileSync(fileURLToPath(new URL('../docs/reference/defects.md', import.meta.url)), 'utf8');
const DEFECTS = readDefects();
const IDS = DEFECTS.map(({ id }) => id);

const entry = (id: string, severity: number | string = 2) =>
  `### ${id} A title\n\n- Severity: ${severity}\n- Symptom: It\n  stops.\n- Cause: A race.\n- Evidence: reproduced\n`;

describe('docs/reference/defects.md', () => {
  it('has an entry under every heading of the third level', () => {
    const headings = [...PAGE.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(DEFECTS.map(({ id, title }) => `${id} ${title}`)).toEqual(headings);
    expect(headings.length).toBeGreaterThan(0);
  });

  it('has each id once', () => {
    expect(IDS.filter((id, index) => IDS.indexOf(id) !== index)).toEqual([]);
  });

  it('has ids of a letter from A to J and a number', () => {
    expect(IDS.filter((id) => !/^[A-J][1-9]\d*$/.test(id))).toEqual([]);
  });

  it('has the ids in order and without gaps, since no entry is ever taken away', () => {
    const perCluster = new Map<string, number>();
    for (const [letter = ''] of [...IDS].sort()) perCluster.set(letter, (perCluster.get(letter) ?? 0) + 1);
    const inOrder = [...perCluster].flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    );
    expect(IDS).toEqual(inOrder);
  });

  it('has each entry under the heading of its cluster', () => {
    const misplaced = PAGE.split(/^(?=## )/m).flatMap((cluster) => {
      const letter = /^## ([A-J])\. /.exec(cluster)?.[1];
      return readDefects(cluster).filter(({ id }) => !id.startsWith(letter ?? 'none'));
    });
    expect(misplaced.map(({ id }) => id)).toEqual([]);
    expect([...PAGE.matchAll(/^## ([A-J])\. /gm)].map(([, letter]) => letter).join('')).toBe('ABCDEFGHIJ');
  });

  it('has severities from 1 to 3', () => {
    expect(DEFECTS.filter(({ severity }) => ![1, 2, 3].includes(severity))).toEqual([]);
    expect(() => readDefects(entry('A1', 4))).toThrow("The entry '### A1 A title' cannot be read");
  });

  it('has a link for every entry, or says how its defect is known', () => {
    const unfounded = DEFECTS.filter(
      ({ evidence }) => !/\]\(https:\/\/|\bsource read\b|\breproduced\b/.test(evidence),
    );
    expect(unfounded.map(({ id }) => id)).toEqual([]);
  });

  it('has symptoms and causes that are sentences', () => {
    const fragments = DEFECTS.filter(
      ({ symptom, cause }) => ![symptom, cause].every((text) => /[.)]$/.test(text)),
    );
    expect(fragments.map(({ id }) => id)).toEqual([]);
  });
});

describe('readDefects', () => {
  it('reads wrapped lines as one', () => {
    expect(
      readDefects(`# Page\n\n## A. Cluster\n\n${entry('A1')}\n## B. Cluster\n\n${entry('B1', 3)}`),
    ).toEqual([
      {
        id: 'A1',
        title: 'A title',
        severity: 2,
        symptom: 'It stops.',
        cause: 'A race.',
        evidence: 'reproduced',
      },
      {
        id: 'B1',
        title: 'A title',
        severity: 3,
        symptom: 'It stops.',
        cause: 'A race.',
        evidence: 'reproduced',
      },
    ]);
  });

  it.each(['Severity', 'Symptom', 'Cause', 'Evidence'])('refuses an entry without %s', (field) => {
    expect(() => readDefects(entry('A1').replace(new RegExp(`- ${field}: .*\n`), ''))).toThrow(
      'cannot be read',
    );
  });

  it.each(['K1', 'a1', 'A'])('refuses the id %s', (id) => {
    expect(() => readDefects(entry(id))).toThrow('cannot be read');
  });
});

describe('UNEXPRESSED_DEFECTS', () => {
  const unexpressed = UNEXPRESSED_DEFECTS.flatMap(({ ids }) => ids);

  it('names ids of the page only', () => {
    expect(unexpressed.filter((id) => !IDS.includes(id))).toEqual([]);
  });

  it('names no id twice', () => {
    expect(unexpressed.filter((id, index) => unexpressed.indexOf(id) !== index)).toEqual([]);
  });

  it('gives a sentence as a reason, for at least one id', () => {
    for (const { ids, reason } of UNEXPRESSED_DEFECTS) {
      expect(ids).not.toEqual([]);
      expect(reason).toMatch(/^[A-Z].*\.$/);
    }
  });
});
