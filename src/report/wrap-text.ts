/**
 * Breaks text into lines of a width: at spaces, and inside the long dotted names of events behind a dot or an
 * underscore. Wide (East Asian) characters count as two columns.
 */

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** Pads with spaces up to a width. */
export function padTo(text: string, widthColumns: number): string {
  return text + ' '.repeat(Math.max(0, widthColumns - displayWidth(text)));
}

/**
 * Breaks `text` into lines no wider than `widthColumns`.
 *
 * @param indent what the second and later lines begin with
 */
export function wrapText(text: string, widthColumns: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const joined = line === '' || line === indent ? `${line}${word}` : `${line} ${word}`;
    if (displayWidth(joined) <= widthColumns) {
      line = joined;
      continue;
    }
    if (line.trim() !== '') {
      lines.push(line);
      line = indent;
    }
    for (const piece of pieces(word, Math.max(1, widthColumns - indent.length))) {
      if (line.trim() !== '') {
        lines.push(line);
        line = indent;
      }
      line += piece;
    }
  }
  return line.trim() === '' ? lines : [...lines, line];
}

/** Cuts a word that is too long, behind its last dot or underscore that fits. */
function pieces(word: string, widthColumns: number): string[] {
  const found: string[] = [];
  let rest = [...word];
  while (displayWidth(rest.join('')) > widthColumns) {
    let length = 0;
    for (let width = 0; length < rest.length; length += 1) {
      width += displayWidth(rest[length] ?? '');
      if (width > widthColumns) break;
    }
    const head = rest.slice(0, Math.max(1, length));
    const seam = Math.max(head.lastIndexOf('.'), head.lastIndexOf('_')) + 1;
    const cut = seam > 0 ? seam : head.length;
    found.push(rest.slice(0, cut).join(''));
    rest = rest.slice(cut);
  }
  return rest.length === 0 ? found : [...found, rest.join('')];
}
