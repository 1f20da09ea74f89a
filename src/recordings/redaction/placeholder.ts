/**
 * What stands in a recording in place of a secret: typed, numbered, and safe in JSON strings, URLs and header values.
 * Must never tell anything of what it stands for but whether two of them were the same.
 */

/** A placeholder: the rule that hit, and the number of the value. No `#`, which would end a URL's query. */
const PLACEHOLDER = /\[redacted:([a-z][a-z0-9-]*)-(\d+)\]/g;

/** The placeholder of the `number`th value that a rule took out. */
export function placeholderOf(rule: string, number: number): string {
  return `[redacted:${rule}-${number}]`;
}

/** Where placeholders stand in a text, in order. */
export function findPlaceholders(
  text: string,
): readonly { readonly start: number; readonly end: number; readonly placeholder: string }[] {
  // The cheap question first: nearly no text has one.
  if (!text.includes('[redacted:')) return [];
  return [...text.matchAll(PLACEHOLDER)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    placeholder: match[0],
  }));
}

/**
 * Whether a live text fits a recorded one: a placeholder fits any text, also the empty one and also in the middle of a
 * string; everything else must be the same. Linear in the length of both.
 */
export function matchesPlaceholder(recorded: string, live: string): boolean {
  const found = findPlaceholders(recorded);
  const [first] = found;
  if (first === undefined) return recorded === live;
  const head = recorded.slice(0, first.start);
  const tail = recorded.slice(found.at(-1)?.end);
  if (live.length < head.length + tail.length || !live.startsWith(head) || !live.endsWith(tail)) return false;
  // What lies between two placeholders is found where it first comes: a later place would leave less for the rest.
  let index = head.length;
  const end = live.length - tail.length;
  for (const [number, { end: from }] of found.slice(0, -1).entries()) {
    const between = recorded.slice(from, found[number + 1]?.start);
    const place = live.indexOf(between, index);
    if (place < 0 || place + between.length > end) return false;
    index = place + between.length;
  }
  return true;
}

/** The placeholders of one recording: the same value always has the same one. */
export class Placeholders {
  readonly #rules = new Map<string, Map<string, string>>();
  readonly #hits = new Map<string, { readonly rule: string; hits: number }>();

  /** The placeholder of a value in whatever letter case, counted as one more hit. */
  take(rule: string, value: string): string {
    const values = this.#rules.get(rule) ?? new Map<string, string>();
    this.#rules.set(rule, values);
    const key = value.toLowerCase();
    const placeholder = values.get(key) ?? placeholderOf(rule, values.size + 1);
    values.set(key, placeholder);
    const counted = this.#hits.get(placeholder) ?? { rule, hits: 0 };
    counted.hits += 1;
    this.#hits.set(placeholder, counted);
    return placeholder;
  }

  /** Whether it was given out: a text that only looks like a placeholder may hide something. */
  has(placeholder: string): boolean {
    return this.#hits.has(placeholder);
  }

  /** In the order of their first use. */
  list(): { placeholder: string; rule: string; hits: number }[] {
    return [...this.#hits].map(([placeholder, { rule, hits }]) => ({ placeholder, rule, hits }));
  }
}
