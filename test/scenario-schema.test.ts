/**
 * The JSON Schema that editors check scenario files by accepts what the reader accepts, and refuses what it refuses.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { libraryFile, libraryNames } from '../src/scenarios/files/index.js';
import { FAULT_KIND_NAMES, faultKind } from '../src/scenarios/index.js';
import { readScenario } from '../src/scenarios/read-scenario.js';

const schema: unknown = JSON.parse(
  readFileSync(new URL('../schemas/scenario.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allowUnionTypes: true, strict: true, strictTypes: false }).compile(
  schema as Record<string, unknown>,
);

/** What the schema finds wrong, empty for nothing. */
function complaints(scenario: unknown): string[] {
  if (validate(scenario)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('accepted', () => {
  test.each(libraryNames())('%s of the library', (name) => {
    expect(complaints(parse(readFileSync(libraryFile(name), 'utf8')))).toEqual([]);
  });

  test.each(FAULT_KIND_NAMES)('the example of %s', (name) => {
    const { optional, ...example } = faultKind(name).example;
    const scenario = { version: 1, faults: [example] };
    expect(complaints(scenario)).toEqual([]);
    expect(readScenario(scenario)).toEqual(scenario);
  });
});

describe('refused, by the reader too', () => {
  test.each<[string, Record<string, unknown>]>([
    ['an unknown key', { replys: [] }],
    ['an unknown event', { holds: [{ after: { event: 'x' }, until: { event: 'response.done' } }] }],
    ['an unknown kind of fault', { faults: [{ do: 'dorp', at: { event: 'response.done' } }] }],
    ['a parameter of another kind', { faults: [{ do: 'drop', at: { event: 'response.done' }, toBytes: 5 }] }],
    ['a fault without an address', { faults: [{ do: 'drop' }] }],
    ['a fraction', { faults: [{ do: 'pad', at: { event: 'response.done' }, toBytes: 1.5 }] }],
    ['a quirk that does not exist', { quirks: { minComitMs: 1 } }],
    ['an expectation of no form', { expect: [{ sent: 'response.create' }] }],
    ['a step of no form', { verbatim: [{ sends: {} }] }],
    ['a clock that does not exist', { clock: 'fast' }],
    ['evidence that is no id', { evidence: ['a-1'] }],
  ])('%s', (_what, part) => {
    expect(complaints({ version: 1, ...part })).not.toEqual([]);
    const read = () => {
      const { quirks, ...rest } = part;
      if (quirks !== undefined) throw new Error('quirks are checked by their own table');
      return readScenario(rest);
    };
    expect(read).toThrow();
  });

  test('a file that does not say its version', () => {
    expect(complaints({ summary: 'x' })).toEqual([" must have required property 'version'"]);
  });
});
