/**
 * The schema files that ship with the package say what the code says.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderSchemaFiles } from '../scripts/export-schemas.js';

test.each(renderSchemaFiles())(
  '$path is up to date: run npx tsx scripts/export-schemas.ts',
  ({ path, text }) => {
    const written = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
    expect(written).toBe(text);
  },
);

test('every event type has a definition', () => {
  const [client, server] = renderSchemaFiles().map(({ text }) => JSON.parse(text));
  expect(Object.keys(client.$defs)).toContain('session.finish');
  expect(Object.keys(server.$defs)).toContain('response.mcp_call.failed');
  expect(server.oneOf).toHaveLength(Object.keys(server.$defs).length);
});
