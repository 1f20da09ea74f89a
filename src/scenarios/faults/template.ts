/**
 * Placeholders in events that a scenario brings along. A text that is one placeholder becomes the value itself,
 * whatever its type; inside a longer text it is written out.
 */
import type { IdKind } from '../../protocol/index.js';
import type { StrikeContext } from '../fault-types.js';
import { readPath } from './json-path.js';

const PLACEHOLDER = /\$\{([^}]*)\}/g;
const WHOLE = /^\$\{([^}]*)\}$/;
const ID_KINDS: ReadonlySet<string> = new Set([
  'event',
  'item',
  'response',
  'conversation',
  'call',
  'session',
]);

/** What stands behind a placeholder's name; undefined when nothing does. */
export type Lookup = (name: string) => unknown;

/** A copy of a value with every placeholder filled; one without a value stays as it is. */
export function fill(value: unknown, lookup: Lookup): unknown {
  if (typeof value === 'string') return fillText(value, lookup);
  if (Array.isArray(value)) return value.map((element) => fill(element, lookup));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, lookup)]));
}

function fillText(text: string, lookup: Lookup): unknown {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return lookup(whole) ?? text;
  return text.replace(PLACEHOLDER, (written, name: string) => {
    const value = lookup(name);
    if (value === undefined) return written;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/**
 * Fills `${event.…}`, `${new.…}`, `${item:name}` and `${earlier.…}` from where a fault strikes.
 *
 * @param named ids by their placeholder, for as long as they are to stay the same
 */
export function fillTemplate(value: unknown, context: StrikeContext, named: Map<string, string>): unknown {
  const struck = context.message?.event();
  return fill(value, (name) => {
    const [kind = '', called] = name.split(':');
    if (called !== undefined && ID_KINDS.has(kind)) {
      const id = named.get(name) ?? context.newId(kind as IdKind);
      named.set(name, id);
      return id;
    }
    const [source = '', ...rest] = name.split('.');
    const path = rest.join('.');
    if (source === 'event') return struck === undefined ? undefined : readPath(struck, path);
    if (source === 'new' && ID_KINDS.has(path)) return context.newId(path as IdKind);
    if (source === 'earlier') return context.earlierId(path, 'previous', ownId(struck, path));
    return source === 'request' && path === 'event_id' ? context.request?.eventId : undefined;
  });
}

function ownId(struck: Readonly<Record<string, unknown>> | undefined, key: string): string | undefined {
  const own = struck?.[key];
  return typeof own === 'string' ? own : undefined;
}
