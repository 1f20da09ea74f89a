/**
 * Reads the case tables and checks them against the scenarios and against the error catalogue, so that a new
 * refusal cannot be forgotten here. Must never run anything.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CATALOGUE, type ErrorSlug } from '../src/protocol/index.js';
import { INTEROP_SCENARIOS, INTEROP_SERVERS } from './scenarios.js';

/** Language of an SDK; a table row may be limited to some. */
export type SdkLanguage = 'python' | 'java';

/** One row of the tables in `interop/cases/`, as far as this program reads it. */
export interface InteropCase {
  readonly case: string;
  readonly scenario?: string;
  readonly server?: string;
  readonly connect?: Readonly<Record<string, unknown>>;
  /** SDKs that have the method the case needs. Default: all. */
  readonly sdks?: readonly SdkLanguage[];
  /** What the case does and expects, in order: `[step, argument?]`, the same for every SDK. */
  readonly steps: readonly (readonly [string, unknown?])[];
  /** Refusals of the error catalogue that the case provokes. */
  readonly covers?: readonly ErrorSlug[];
}

/** Refusals that no client of the Omni families can provoke, with the reason. */
const BEYOND_A_CLIENT: Readonly<Partial<Record<ErrorSlug, string>>> = {
  'free-tier-exhausted': 'a state of the account; no option of the server stands for it yet',
  'session-already-started': 'speech synthesis models only',
  'url-input-refused': 'needs an input by URL, which no event of these families has',
};

/** Every case of every table, in the order of the file names. */
export function readCases(folder: string): readonly InteropCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as InteropCase[]);
}

/** What is wrong with the tables: one sentence each, none when they are in order. */
export function findTableProblems(cases: readonly InteropCase[]): readonly string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  for (const one of cases) {
    if (names.has(one.case)) problems.push(`two cases are called '${one.case}'`);
    names.add(one.case);
    // A case may ask for a scenario that does not exist in order to see the refusal; it then says so in its name.
    const known = one.scenario === undefined || Object.hasOwn(INTEROP_SCENARIOS, one.scenario);
    if (!known && one.case !== 'unknown-scenario')
      problems.push(`'${one.case}' names no scenario: ${one.scenario}`);
    if (one.server !== undefined && !Object.hasOwn(INTEROP_SERVERS, one.server))
      problems.push(`'${one.case}' names no server: ${one.server}`);
  }
  return [...problems, ...findUncovered(cases)];
}

function findUncovered(cases: readonly InteropCase[]): readonly string[] {
  const covered = new Set<string>(cases.flatMap((one) => one.covers ?? []));
  const catalogued = new Set<string>(ERROR_CATALOGUE.map((row) => row.slug));
  const missing = [...catalogued].filter(
    (slug) => !covered.has(slug) && !Object.hasOwn(BEYOND_A_CLIENT, slug),
  );
  const unknown = [...covered].filter((slug) => !catalogued.has(slug));
  return [
    ...missing.map((slug) => `no case provokes the refusal '${slug}' of the error catalogue`),
    ...unknown.map((slug) => `a case covers '${slug}', which is not in the error catalogue`),
  ];
}
