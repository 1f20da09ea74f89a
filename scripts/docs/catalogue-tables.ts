/**
 * The tables of refusals and quirks, from ERROR_CATALOGUE and QUIRKS. What provokes a refusal is the one thing the
 * catalogue does not hold, so it stands in error-triggers.ts.
 */
import {
  describeQuirkValues,
  ERROR_CATALOGUE,
  type ErrorRow,
  FAMILY_IDS,
  MODEL_FAMILIES,
  QUIRKS,
  type QuirkDefinition,
} from '../../src/protocol/index.js';
import { ERROR_TRIGGERS } from './error-triggers.js';
import { code, table } from './markdown.js';

/** Every refusal in the order of its number (§6). */
export function errorTable(): string {
  return table(
    ['no.', 'slug', 'when', 'as', 'type', 'code', 'message', 'param', 'survives', 'evidence', 'more'],
    ERROR_CATALOGUE.map((row) => [
      row.id,
      code(row.slug),
      ERROR_TRIGGERS[row.slug],
      deliveryOf(row),
      code(row.type),
      code(row.code),
      code(row.message),
      code(row.param),
      row.survives ? 'yes' : 'no',
      row.evidence,
      row.section,
    ]),
  );
}

function deliveryOf(row: ErrorRow): string {
  const close = row.close === undefined ? '' : `close ${row.close.code}`;
  switch (row.delivery) {
    case 'event':
      return '`error`';
    case 'close':
      return close;
    case 'event-then-close':
      return `\`error\`, ${close}`;
    case 'http':
      return `HTTP ${row.httpStatus ?? ''}`;
    case 'transcription':
      return '`….failed`';
  }
}

/** Every switch in the order of its table (§11.15). */
export function quirkTable(): string {
  return table(
    ['quirk', 'values', 'default', 'meaning', 'evidence', 'more'],
    QUIRKS.map((quirk) => [
      code(quirk.name),
      describeQuirkValues(quirk.values),
      defaultOf(quirk),
      quirk.meaning,
      quirk.evidence,
      quirk.section,
    ]),
  );
}

/** One value where the families agree, else the value of each. */
function defaultOf({ defaults }: QuirkDefinition): string {
  const values = FAMILY_IDS.map((id) => defaults[id]);
  if (new Set(values).size === 1) return code(values[0]);
  return FAMILY_IDS.map((id) => `${MODEL_FAMILIES[id].label} ${code(defaults[id])}`).join(', ');
}
