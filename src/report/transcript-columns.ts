/**
 * Lays a session out for people: virtual time, the client's messages on the left, the server's on the right. Knows
 * nothing of terminals: width and colours are given to it.
 */
import type { LogEntry } from '../session-log/index.js';
import { type TranscriptRow, transcriptRows } from './transcript-rows.js';
import { displayWidth, padTo, wrapText } from './wrap-text.js';

/** Bounds of the width, in terminal columns. */
export const TRANSCRIPT_WIDTH = { minColumns: 80, maxColumns: 160, defaultColumns: 100 } as const;

/** How parts are coloured; each returns its text with or without escape codes around it. */
export interface TranscriptPaint {
  readonly time: (text: string) => string;
  readonly client: (text: string) => string;
  readonly server: (text: string) => string;
  readonly error: (text: string) => string;
  readonly note: (text: string) => string;
}

export interface TranscriptLayout {
  /** Terminal columns; brought into 80 to 160. Default 100. */
  readonly widthColumns?: number;
  /** Default: no colours. */
  readonly paint?: TranscriptPaint;
}

const PLAIN: TranscriptPaint = {
  time: (text) => text,
  client: (text) => text,
  server: (text) => text,
  error: (text) => text,
  note: (text) => text,
};

const TIME_COLUMNS = 9;
const GAP = '  ';
/** The client says less, so its column is the narrower one. */
const CLIENT_SHARE = 0.4;
const INDENT = '  ';

/** Renders a session log as two columns, without a newline at the end. */
export function renderTranscriptColumns(entries: readonly LogEntry[], layout: TranscriptLayout = {}): string {
  const { minColumns, maxColumns, defaultColumns } = TRANSCRIPT_WIDTH;
  const width = Math.min(maxColumns, Math.max(minColumns, layout.widthColumns ?? defaultColumns));
  const columns = columnWidths(width);
  const paint = layout.paint ?? PLAIN;
  const lines = [header(columns, paint)];
  let lastAtMs: number | undefined;
  for (const row of transcriptRows(entries)) {
    lines.push(...rowLines(row, row.atMs !== lastAtMs, columns, paint));
    lastAtMs = row.atMs;
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

interface ColumnWidths {
  readonly client: number;
  readonly server: number;
}

function columnWidths(width: number): ColumnWidths {
  const left = width - TIME_COLUMNS - 2 * GAP.length;
  const client = Math.floor(left * CLIENT_SHARE);
  return { client, server: left - client };
}

function header(columns: ColumnWidths, paint: TranscriptPaint): string {
  const time = paint.time('seconds'.padStart(TIME_COLUMNS));
  return `${time}${GAP}${paint.note(padTo('client', columns.client))}${GAP}${paint.note('server')}`;
}

/** A time is written once, beside the first row of its moment. */
function rowLines(
  row: TranscriptRow,
  isNewTime: boolean,
  columns: ColumnWidths,
  paint: TranscriptPaint,
): string[] {
  const blankTime = ' '.repeat(TIME_COLUMNS);
  const stamp = isNewTime ? paint.time((row.atMs / 1000).toFixed(3).padStart(TIME_COLUMNS)) : blankTime;
  const before = row.side === 'server' ? `${' '.repeat(columns.client)}${GAP}` : '';
  const width =
    row.side === 'session'
      ? columns.client + GAP.length + columns.server
      : row.side === 'client'
        ? columns.client
        : columns.server;
  return cellLines(row, width, paint).map(
    (line, index) => `${index === 0 ? stamp : blankTime}${GAP}${before}${line}`,
  );
}

/** The title and, on the same line if they fit, the details. */
function cellLines(row: TranscriptRow, width: number, paint: TranscriptPaint): string[] {
  const count = row.count > 1 ? ` ×${row.count}` : '';
  const mark = row.side === 'session' ? '· ' : '';
  const title = `${mark}${row.title}${count}`;
  const paintTitle = row.isError ? paint.error : row.side === 'session' ? paint.note : paint[row.side];
  const paintDetails = row.isError ? paint.error : paint.note;
  if (row.details !== '' && displayWidth(`${title}  ${row.details}`) <= width) {
    return [`${paintTitle(title)}  ${paintDetails(row.details)}`];
  }
  const titleLines = wrapText(title, width, INDENT).map(paintTitle);
  const detailLines = wrapText(row.details, width - INDENT.length).map(
    (line) => `${INDENT}${paintDetails(line)}`,
  );
  return [...titleLines, ...detailLines];
}
