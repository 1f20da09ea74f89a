/**
 * What the control API takes, as schemas: types and the description of the API are made from them. Must never fill in a
 * default, so that it is decided in one place.
 */
import { z } from 'zod';
import { LIMITS } from '../../protocol/index.js';
import { about, jsonObject, record, wholeNumber } from '../../scenarios/schema-parts.js';

const waitMs = wholeNumber(0, LIMITS.controlWaitMs);

export const waitRequestSchema = record({
  event: about(z.string().min(1), 'The type of a message of either side.'),
  from: about(z.enum(['client', 'server']).optional(), 'Only messages of this side.'),
  nth: about(wholeNumber(1).optional(), 'The n-th one since the connection opened. Default 1.'),
  where: about(jsonObject.optional(), "Values of fields by path, such as { 'item.type': 'message' }."),
  timeoutMs: about(waitMs.optional(), `Wall milliseconds. Default ${LIMITS.waitMs}.`),
  withinMs: about(
    wholeNumber(0).optional(),
    "Virtual milliseconds: fails as soon as the session's clock has passed them.",
  ),
});

export const injectRequestSchema = record({
  event: about(jsonObject.optional(), 'An event; it gets an event_id when it has none.'),
  text: about(z.string().optional(), 'Any text in place of it, exactly as written.'),
}).superRefine(({ event, text }, context) => {
  if ((event === undefined) !== (text === undefined)) return;
  const why = event === undefined ? 'it holds neither event nor text' : 'it holds both event and text';
  context.addIssue({ code: 'custom', message: `${why}. Try { "event": { "type": "x.unknown" } }.` });
});

export const closeRequestSchema = record({
  code: about(wholeNumber(0, 65_535).optional(), 'The close code. Default 1000.'),
  reason: about(z.string().optional(), 'The reason, sent whole. Default: none.'),
});

export const advanceRequestSchema = record({
  byMs: about(wholeNumber(0), 'Virtual milliseconds to move on by.'),
});

export const verifyRequestSchema = record({
  scenario: about(
    z.string().optional(),
    'The name of the scenario. Default: every one that was connected to.',
  ),
});

export const resetRequestSchema = record({
  what: about(
    z.enum(['sessions', 'counters', 'scenarios', 'all']),
    'sessions: ended sessions and upgrades. counters: how many connections there have been. scenarios: those added while the server runs.',
  ),
});

export type WaitRequest = z.infer<typeof waitRequestSchema>;
export type InjectRequest = z.infer<typeof injectRequestSchema>;
export type CloseRequest = z.infer<typeof closeRequestSchema>;
export type ResetRequest = z.infer<typeof resetRequestSchema>;
