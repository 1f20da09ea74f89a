/**
 * What the folders of a proxy's recordings are called: a template, filled in and made harmless. Must never give a name
 * that leads out of the folder they are in.
 */
import { SoundstageError } from '../protocol/soundstage-error.js';

/** What a name is made of. */
export interface NameParts {
  /** When the upgrade request came. */
  readonly startedAt: Date;
  readonly model: string | null;
  /** The name the client gave by its path. */
  readonly name: string | undefined;
  /** Which connection of this proxy it is, from 1. */
  readonly number: number;
}

export const RECORDING_SUFFIX = '.rec';

const PLACEHOLDER = /\{([^{}]*)\}/g;
const PLACEHOLDERS = ['time', 'model', 'name', 'n'];
/** Placeholders that are another value for every connection. */
const CHANGING = /\{(?:time|n)\}/;
const UNNAMED_TEMPLATE = '{time}-{model}';
const MOST_CHARS = 120;

/** @throws SoundstageError `E_OPTION` for a template with a placeholder that there is not, or without any letter */
export function checkTemplate(template: string): void {
  const unknown = [...template.matchAll(PLACEHOLDER)].find(
    ([, placeholder = '']) => !PLACEHOLDERS.includes(placeholder),
  );
  if (unknown === undefined && template.trim() !== '') return;
  const why = unknown === undefined ? 'it is empty' : `there is no ${unknown[0]}`;
  throw new SoundstageError(
    'E_OPTION',
    `Cannot name recordings by the template '${template}': ${why}. Try text with {time}, {model}, {name} and {n}.`,
    { details: { template } },
  );
}

/** The name of the folder, with its suffix. */
export function recordingName(template: string | undefined, parts: NameParts): string {
  const values: Readonly<Record<string, string>> = {
    time: compactTime(parts.startedAt),
    model: parts.model === null || parts.model === '' ? 'no-model' : parts.model,
    name: parts.name ?? 'unnamed',
    n: String(parts.number),
  };
  const chosen = template ?? (parts.name === undefined ? UNNAMED_TEMPLATE : '{name}');
  const filled = chosen.replace(PLACEHOLDER, (_, placeholder: string) => values[placeholder] ?? '');
  return `${harmless(filled)}${RECORDING_SUFFIX}`;
}

/** The same for a recording that exists already; undefined when the template gives every connection another name. */
export function knownRecordingName(
  template: string | undefined,
  parts: Omit<NameParts, 'startedAt' | 'number'>,
): string | undefined {
  const chosen = template ?? (parts.name === undefined ? UNNAMED_TEMPLATE : '{name}');
  if (CHANGING.test(chosen)) return undefined;
  return recordingName(template, { ...parts, startedAt: new Date(0), number: 0 });
}

/** The `count`-th name to try, from 1. */
export function numberedName(name: string, count: number): string {
  return count === 1 ? name : `${name.slice(0, -RECORDING_SUFFIX.length)}-${count}${RECORDING_SUFFIX}`;
}

/** `20261126T101112Z` */
function compactTime(date: Date): string {
  return date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
}

function harmless(text: string): string {
  const cleaned = text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^\.+/, '');
  return cleaned === '' ? 'recording' : cleaned.slice(0, MOST_CHARS);
}
