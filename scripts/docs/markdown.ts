/**
 * Small helpers for Markdown tables. They must never know what they print.
 */

/** A table with a header. Cells are Markdown; bars in them are escaped here. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Text as code. A missing one is a dash. */
export function code(text: string | number | boolean | null | undefined): string {
  return text === undefined ? '—' : `\`${String(text)}\``;
}

/** A whole number with separators between thousands. */
export function grouped(count: number): string {
  return Number.isInteger(count) ? String(count).replace(/\B(?=(\d{3})+$)/g, ',') : String(count);
}

export function yesNo(holds: boolean): string {
  return holds ? 'yes' : 'no';
}
