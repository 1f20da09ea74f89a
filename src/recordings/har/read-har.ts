/**
 * The WebSockets of a HAR file as recordings: ours come back as they were, those of others without what HAR does not say.
 * Must never pass over one that it cannot read.
 */
import { isJsonObject } from '../../protocol/json-object.js';
import { LIMITS } from '../../protocol/limits.js';
import { SoundstageError } from '../../protocol/soundstage-error.js';
import { type HarImportOptions, splitUrl } from './har-import.js';
import { type HarWebSocketEntry, readWebSocketEntry } from './har-schema.js';
import { writeForeign } from './read-foreign.js';
import { writeOwn } from './read-own.js';

/** One WebSocket of a HAR file. */
export interface HarWebSocket {
  /** Where it stands: `log.entries[3]`. */
  readonly place: string;
  /** Without query and user. */
  readonly url: string;
  readonly messages: number;
  /** Whether `writeHar` made it. */
  readonly isOurs: boolean;
  /** Makes a recording of it. @throws SoundstageError `E_HAR` for a file whose parts contradict each other */
  write(options: HarImportOptions): void;
}

/**
 * @param name what to call the file in errors
 * @throws SoundstageError `E_HAR` with the place of the first mistake
 */
export function readHar(text: string, name: string): readonly HarWebSocket[] {
  const entries = entriesOf(text, name);
  const found: HarWebSocket[] = [];
  for (const [index, entry] of entries.entries()) {
    if (!isJsonObject(entry) || !isWebSocket(entry)) continue;
    const place = `log.entries[${index}]`;
    const checked = readWebSocketEntry(entry);
    if ('wrong' in checked) throw badHar(name, `${place}${checked.wrong}`);
    found.push(webSocket(checked, place, name));
    if (found.length > LIMITS.harWebSockets)
      throw badHar(name, `it has more than ${LIMITS.harWebSockets} WebSockets`);
  }
  if (found.length === 0)
    throw badHar(name, 'it has no WebSocket', 'recording the network again with the page loaded anew');
  return found;
}

function entriesOf(text: string, name: string): readonly unknown[] {
  let har: unknown;
  try {
    har = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (cause) {
    throw badHar(name, `it is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const log = isJsonObject(har) ? har['log'] : undefined;
  const entries = isJsonObject(log) ? log['entries'] : undefined;
  if (!Array.isArray(entries)) throw badHar(name, 'log.entries: it is no list');
  return entries;
}

function isWebSocket(entry: Readonly<Record<string, unknown>>): boolean {
  return entry['_resourceType'] === 'websocket' || Array.isArray(entry['_webSocketMessages']);
}

function webSocket(entry: HarWebSocketEntry, place: string, name: string): HarWebSocket {
  const { origin, path } = splitUrl(entry.request.url);
  const bad = (why: string) => badHar(name, `${place}${why}`);
  return {
    place,
    url: origin + path,
    messages: entry._webSocketMessages.length,
    isOurs: entry._soundstage !== undefined,
    write: (options) => {
      if (entry._soundstage === undefined) writeForeign(entry, options, bad);
      else writeOwn(entry, entry._soundstage, options, bad);
    },
  };
}

function badHar(name: string, why: string, advice = 'exporting it again'): SoundstageError {
  return new SoundstageError('E_HAR', `Cannot read ${name}: ${why}. Try ${advice}.`, {
    details: { file: name },
  });
}
