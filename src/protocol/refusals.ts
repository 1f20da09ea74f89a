/**
 * The one interpreter of the error catalogue: from a slug and its values to what goes over the wire. It must
 * never build a refusal that is not a row of the catalogue.
 */
import type { ErrorRow, ErrorSlug, RefusalDelivery } from './error-catalogue.js';
import { ERROR_CATALOGUE } from './error-catalogue.js';
import { SoundstageError } from './soundstage-error.js';

/** The `error` object of an error event. Absent keys are absent, never empty. */
export interface RefusalError {
  readonly type?: string;
  readonly code?: string;
  readonly message: string;
  readonly param?: string;
}

/** One refusal, ready to be sent. */
export interface Refusal {
  /** `ERR5` and so on: the number in the protocol reference. */
  readonly id: string;
  readonly slug: ErrorSlug;
  /** Whether an error event goes out, a close, both, an HTTP answer, or a failed transcription. */
  readonly delivery: RefusalDelivery;
  readonly error: RefusalError;
  /** Present when the connection ends. */
  readonly close?: { readonly code: number; readonly reason: string };
}

/** A value put into a text is cut to this many characters. */
const LONGEST_VALUE = 256;

const ROWS: ReadonlyMap<string, ErrorRow> = new Map(ERROR_CATALOGUE.map((row) => [row.slug, row]));

/**
 * Builds a refusal from its row.
 *
 * @param values what the placeholders of the row stand for; `param`, when given, replaces the row's `param`
 * @throws SoundstageError `E_REFUSAL_VALUES` when a placeholder has no value
 */
export function refuse(slug: ErrorSlug, values: Readonly<Record<string, string | number>> = {}): Refusal {
  const row = ROWS.get(slug);
  if (row === undefined) {
    throw new SoundstageError(
      'E_REFUSAL_UNKNOWN',
      `No refusal '${slug}': the catalogue has no such row. Try one of ERROR_CATALOGUE.`,
    );
  }
  const fill = (text: string) => fillPlaceholders(row, text, values);
  const param = values['param'] ?? (row.param === undefined ? undefined : fill(row.param));
  return {
    id: row.id,
    slug,
    delivery: row.delivery,
    error: {
      ...(row.type === undefined ? {} : { type: row.type }),
      ...(row.code === undefined ? {} : { code: row.code }),
      message: fill(row.message),
      ...(param === undefined ? {} : { param: String(param) }),
    },
    ...(row.close === undefined ? {} : { close: { code: row.close.code, reason: fill(row.close.reason) } }),
  };
}

function fillPlaceholders(
  row: ErrorRow,
  text: string,
  values: Readonly<Record<string, string | number>>,
): string {
  if (!text.includes('{')) return text;
  return text.replace(/\{([A-Za-z]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : row.values?.[name];
    if (value === undefined) {
      throw new SoundstageError(
        'E_REFUSAL_VALUES',
        `The refusal '${row.slug}' cannot be built: its text needs '${name}'. Try refuse('${row.slug}', { ${name}: … }).`,
      );
    }
    const written = String(value);
    return written.length > LONGEST_VALUE ? `${written.slice(0, LONGEST_VALUE)}…` : written;
  });
}
