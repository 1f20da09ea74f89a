/**
 * The least that is taken out of a foreign file: the values of headers and query parameters whose names tell of
 * credentials. Must never be taken for a redaction of what was said.
 */
import type { DraftEntry } from '../entries.js';
import type { Redactions } from '../recording-writer.js';
import { Placeholders } from '../redaction/placeholder.js';
import type { Redactor } from '../redaction/redactor.js';

const SECRET_NAME = /auth|cookie|api[-_]?key|token|secret|password|signature|credential/i;
const RULE = 'credential';

export class HeaderRedactor implements Redactor {
  readonly #placeholders = new Placeholders();

  push(entry: DraftEntry): readonly DraftEntry[] {
    if (entry.kind !== 'upgrade' && entry.kind !== 'answer') return [entry];
    const headers = entry.headers.map(
      ([name, value]) =>
        [name, SECRET_NAME.test(name) ? this.#placeholders.take(RULE, value) : value] as const,
    );
    if (entry.kind === 'answer') return [{ ...entry, headers }];
    const target = entry.target.replace(
      /([?&])([^=&]*)=([^&]*)/g,
      (whole, mark: string, name: string, value: string) =>
        SECRET_NAME.test(name) ? `${mark}${name}=${this.#placeholders.take(RULE, value)}` : whole,
    );
    return [{ ...entry, headers, target }];
  }

  flush(): readonly DraftEntry[] {
    return [];
  }

  get summary(): Redactions {
    return { withheld: 0, placeholders: this.#placeholders.list() };
  }
}
