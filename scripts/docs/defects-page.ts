/**
 * Reads docs/reference/defects.md, which is written by hand. It must never guess: an entry that it cannot read is an
 * error.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGE = new URL('../../docs/reference/defects.md', import.meta.url);

export interface Defect {
  /** The letter of the cluster and a number, such as 'A6'. */
  readonly id: string;
  /** Plain words, without the id. */
  readonly title: string;
  /** 3: session dead, hung or process gone. 2: wrong behaviour a user notices, or lost data. 1: degraded. */
  readonly severity: 1 | 2 | 3;
  readonly symptom: string;
  readonly cause: string;
  /** Markdown, as on the page. */
  readonly evidence: string;
}

/** The entries in the order of the page. @throws Error that names the heading of an entry which cannot be read */
export function readDefects(page: string = readFileSync(fileURLToPath(PAGE), 'utf8')): readonly Defect[] {
  return page
    .split(/^(?=#{2,3} )/m)
    .filter((part) => part.startsWith('### '))
    .map(readEntry);
}

const ENTRY =
  /^### ([A-J]\d+) (\S.*)\n\n- Severity: ([123])\n- Symptom: (\S[\s\S]*?)\n- Cause: (\S[\s\S]*?)\n- Evidence: (\S.*)\n*$/;

function readEntry(text: string): Defect {
  const match = ENTRY.exec(text);
  if (match === null) {
    const heading = text.slice(0, text.indexOf('\n'));
    throw new Error(
      `The entry '${heading}' cannot be read: a line is missing or misspelt. ` +
        "Try '### A6 Title' and one line each for Severity (1 to 3), Symptom, Cause and Evidence, in this order.",
    );
  }
  const [, id = '', title = '', severity, symptom = '', cause = '', evidence = ''] = match;
  return {
    id,
    title,
    severity: Number(severity) as Defect['severity'],
    symptom: unwrapped(symptom),
    cause: unwrapped(cause),
    evidence,
  };
}

function unwrapped(text: string): string {
  return text.replace(/\n {2}/g, ' ');
}
