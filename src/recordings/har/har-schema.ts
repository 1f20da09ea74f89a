/**
 * The part of a HAR file that concerns WebSockets: as browsers write it, and what we put beside it where HAR has no words.
 * Must never be stricter than what is needed to make a recording.
 */
import { z } from 'zod';

const nameValues = z.array(z.object({ name: z.string(), value: z.string() })).default([]);

/** A message as browsers write it. `opcode` is that of the frame; of binary messages and control frames `data` is base64. */
const messageSchema = z.object({
  type: z.enum(['send', 'receive', 'error']),
  time: z.number().describe('Seconds since 1970.'),
  opcode: z.int(),
  data: z.string(),
});

export type HarMessage = z.infer<typeof messageSchema>;

/** Where a message of ours has media in its text: first character, number of characters, kind. */
const mediaPlace = z.tuple([z.int().min(0), z.int().min(0), z.enum(['pcm', 'image'])]);

/** An entry of ours that is a message: everything but what the message itself says. */
export const messageEntrySchema = z.strictObject({
  afterMs: z.int().min(0),
  from: z.enum(['client', 'server']),
  message: z.int().min(0),
  media: z.array(mediaPlace).optional(),
  frames: z.array(z.int().min(0)).min(2).optional(),
});

export type MessageEntry = z.infer<typeof messageEntrySchema>;

/** What HAR has no words for. Entries that are no messages stand here as lines of `events.jsonl`. */
const ownSchema = z.strictObject({
  version: z.literal(1),
  manifest: z.record(z.string(), z.unknown()),
  entries: z.array(z.record(z.string(), z.unknown())),
});

const webSocketSchema = z.object({
  startedDateTime: z.string().refine((text) => !Number.isNaN(millisecondsOf(text)), 'it is no ISO 8601 date'),
  request: z.object({ method: z.string().default('GET'), url: z.string(), headers: nameValues }),
  response: z.object({
    status: z.int(),
    statusText: z.string().default(''),
    headers: nameValues,
    content: z.object({ text: z.string().optional(), encoding: z.string().optional() }).optional(),
  }),
  _webSocketMessages: z.array(messageSchema).default([]),
  _soundstage: ownSchema.optional(),
});

export type HarWebSocketEntry = z.infer<typeof webSocketSchema>;

/** The first thing that is wrong with an entry, or the entry. */
export function readWebSocketEntry(value: unknown): HarWebSocketEntry | { readonly wrong: string } {
  const checked = webSocketSchema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const path = (issue?.path ?? [])
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('');
  return { wrong: `${path}: ${issue?.message ?? 'unknown shape'}` };
}

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})$/;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

/** Milliseconds since 1970 of an ISO 8601 date with a zone; NaN for anything else. */
export function millisecondsOf(text: string): number {
  const found = ISO_DATE.exec(text);
  if (found === null) return Number.NaN;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  if (month < 1 || month > 12) return Number.NaN;
  const fraction = Number(`0.${found[7] ?? '0'}`) * 1000;
  const zone = found[8] === 'Z' ? '+0000' : (found[8] ?? '').replace(':', '');
  const zoneMinutes = Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5)));
  const seconds = ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute - zoneMinutes) * 60 + second;
  return seconds * 1000 + fraction;
}

function daysSince1970(year: number, month: number, day: number): number {
  const leapDays = (to: number) => Math.floor(to / 4) - Math.floor(to / 100) + Math.floor(to / 400);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const leapDay = isLeap && month > 2 ? 1 : 0;
  const before = DAYS_BEFORE_MONTH[month - 1] ?? 0;
  return (year - 1970) * 365 + leapDays(year - 1) - leapDays(1969) + before + leapDay + day - 1;
}
