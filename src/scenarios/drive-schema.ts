/**
 * What the reference client does when a scenario is played: its half of the conversation. Servers ignore it. Data only.
 */
import { z } from 'zod';
import { SERVER_EVENT_TYPES } from '../protocol/index.js';
import { about, jsonObject, record, wholeNumber } from './schema-parts.js';

const LONGEST_MS = 60_000;

const send = record({
  send: about(
    jsonObject,
    'One client event. `${last.item_id}` stands for the last id under that key in an event of the server.',
  ),
});

const sendText = record({
  sendText: about(z.string(), 'One text message exactly as written; it need not be JSON.'),
});

const speak = record({
  speak: about(
    record({
      ms: about(wholeNumber(1, LONGEST_MS), 'Milliseconds of synthetic speech.'),
      silenceMs: about(
        wholeNumber(0, LONGEST_MS).optional(),
        'Milliseconds of silence behind it. Default 1500.',
      ),
    }),
    'Appends speech and silence in packets of 100 ms.',
  ),
});

const ask = record({
  ask: about(z.string(), 'Writes a user message with this text and asks for a response.'),
});

const answerCalls = record({
  answerCalls: about(
    z.string(),
    'Answers every tool call that has no output yet with this text, one item each.',
  ),
});

const listen = record({
  listen: about(
    z.enum([...SERVER_EVENT_TYPES, 'anything', 'close']),
    'Waits until the server has sent this, or until the connection ends; gives up when nothing more can come.',
  ),
  nth: about(
    wholeNumber(1).optional(),
    'The n-th one since the connection opened. Default: the next one not listened for yet.',
  ),
});

const act = record({
  act: about(
    z.enum(['close', 'connect', 'probe']),
    'close: the closing handshake. connect: a new connection. probe: a clean turn here instead of at the end.',
  ),
});

/** One step of the reference client, told apart by its first key. */
export const driveStepSchema = z.union([send, sendText, speak, ask, answerCalls, listen, act]);
export type DriveStep = z.infer<typeof driveStepSchema>;
