/** Routes that look at a session: what it is, what has happened, and waiting for what will. */
import { z } from 'zod';
import { LIMITS, SoundstageError } from '../../protocol/index.js';
import { logEntrySchema, seenMessageSchema, sessionDetailsSchema, sessionSchema } from './answer-schemas.js';
import { unknownScenario } from './control-error.js';
import { findSession } from './find-session.js';
import { followLog, writeLog } from './follow-log.js';
import { showMessage } from './log-entries.js';
import {
  choiceParameter,
  flagParameter,
  listParameter,
  textParameter,
  wholeNumberParameter,
} from './query-parameters.js';
import { bodyOf } from './request-body.js';
import { waitRequestSchema } from './request-schemas.js';
import { route } from './route.js';
import { showSession } from './session-control.js';

const ENTRY_KINDS = ['open', 'client', 'client-binary', 'server', 'close', 'note'] as const;

export const SESSION_ROUTES = [
  route({
    name: 'sessions',
    method: 'GET',
    path: 'sessions',
    summary: 'The sessions the server remembers, oldest first.',
    query: { scenario: textParameter('Only sessions of the scenario of this name.') },
    statuses: { 200: 'All that are open, and the last that ended.' },
    answer: z.array(sessionSchema),
    errors: [404],
    handle: ({ context: { host }, query: { scenario } }) => {
      if (scenario !== undefined && !host.shelf.has(scenario))
        throw unknownScenario(scenario, host.shelf.names);
      const { sessions } = host;
      const wanted =
        scenario === undefined ? sessions : sessions.filter((session) => session.scenario === scenario);
      return { status: 200, json: wanted.map(showSession) };
    },
  }),
  route({
    name: 'nextSession',
    method: 'GET',
    path: 'sessions/next',
    summary: 'The oldest session that no earlier call has returned, or the next that connects.',
    query: {
      timeoutMs: wholeNumberParameter(
        `Wall milliseconds to wait. Default ${LIMITS.waitMs}.`,
        0,
        LIMITS.controlWaitMs,
      ),
    },
    statuses: { 200: 'The session.' },
    answer: sessionSchema,
    errors: [408],
    handle: async ({ context: { host }, query: { timeoutMs = LIMITS.waitMs }, signal }) => {
      const session = await host.nextSession(timeoutMs, signal);
      if (session !== undefined) return { status: 200, json: showSession(session) };
      throw new SoundstageError(
        'E_WAIT',
        `Waiting for a session failed: nobody connected within ${timeoutMs} ms; ${host.sessions.length} sessions were handed out before, ${host.upgrades.length} upgrades seen. Try a longer timeoutMs, or a look at the client's URL.`,
        { details: { sessions: host.sessions.length, upgrades: host.upgrades.length } },
      );
    },
  }),
  route({
    name: 'session',
    method: 'GET',
    path: 'sessions/{id}',
    summary: 'One session.',
    statuses: { 200: 'The session, with the hash of its transcript so far.' },
    answer: sessionDetailsSchema,
    errors: [404],
    handle: ({ context: { host }, path }) => {
      const session = findSession(host, path['id'] ?? '');
      return { status: 200, json: { ...showSession(session), transcriptHash: session.transcriptHash() } };
    },
  }),
  route({
    name: 'log',
    method: 'GET',
    path: 'sessions/{id}/log',
    summary: 'What happened in a session, entry by entry; with `follow` also what happens from now on.',
    query: {
      kind: listParameter('Only entries of these kinds.', ENTRY_KINDS),
      type: listParameter('Only messages of these types: those that went out, and those meant to.'),
      from: wholeNumberParameter('The number of the first entry.', 0),
      limit: wholeNumberParameter(
        `Entries at most. Default and most: ${LIMITS.controlLogEntries}; without end when following.`,
        1,
        LIMITS.controlLogEntries,
      ),
      follow: flagParameter(
        'One entry a line, until the session or the reader ends. A reader who does not read is cut off.',
      ),
      audio: choiceParameter(
        `Base64 of audio and images is cut after ${LIMITS.controlShownAudioChars} characters unless this is \`full\`.`,
        ['full', 'cut'],
      ),
    },
    statuses: { 200: 'The entries; with `follow` as NDJSON.' },
    answer: z.array(logEntrySchema),
    otherAnswer: { type: 'application/x-ndjson', description: 'With `follow`: one entry a line.' },
    errors: [404],
    handle: ({ context: { host }, path, query }) => {
      const session = findSession(host, path['id'] ?? '');
      const isFollowing = query.follow === true;
      const reading = {
        kinds: query.kind,
        types: query.type,
        isWhole: query.audio === 'full',
        from: query.from ?? 0,
        limit: query.limit ?? (isFollowing ? Number.POSITIVE_INFINITY : LIMITS.controlLogEntries),
      };
      return {
        status: 200,
        type: isFollowing ? 'application/x-ndjson' : 'application/json',
        stream: (sink) => (isFollowing ? followLog : writeLog)(session, reading, sink),
      };
    },
  }),
  route({
    name: 'transcript',
    method: 'GET',
    path: 'sessions/{id}/transcript',
    summary: 'The canonical transcript so far: the same for the same input, byte for byte.',
    query: { timed: flagParameter('With the virtual time in front of every line.') },
    statuses: { 200: 'One message a line.' },
    otherAnswer: {
      type: 'text/plain',
      description: 'One message a line.',
      headers: { 'x-transcript-hash': 'SHA-256 of the untimed transcript, 64 hex digits.' },
    },
    errors: [404, 409],
    handle: ({ context: { host }, path, query: { timed } }) => {
      const session = findSession(host, path['id'] ?? '');
      return {
        status: 200,
        text: session.transcript({ timed: timed ?? false }),
        headers: { 'x-transcript-hash': session.transcriptHash() },
      };
    },
  }),
  route({
    name: 'waitFor',
    method: 'POST',
    path: 'sessions/{id}/wait',
    summary: 'Answers when a message of either side has gone over the wire; at once if it has already.',
    body: bodyOf('Which message, and how long to wait.', waitRequestSchema),
    statuses: { 200: 'The message.' },
    answer: seenMessageSchema,
    errors: [404, 408, 409],
    handle: async ({ context: { host }, path, body, signal }) => {
      const session = findSession(host, path['id'] ?? '');
      const { timeoutMs, withinMs, event, from, nth, where } = body;
      const match = {
        event,
        ...(from === undefined ? {} : { from }),
        ...(nth === undefined ? {} : { nth }),
        ...(where === undefined ? {} : { where }),
      };
      const bounds = {
        signal,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(withinMs === undefined ? {} : { withinMs }),
      };
      try {
        const seen = await session.waitFor(match, bounds);
        const message = showMessage(seen.text, true);
        return { status: 200, json: { from: seen.from, atMs: seen.atMs, ...message } };
      } catch (error) {
        // It can never come: no other bound would help.
        if (!(error instanceof SoundstageError) || !session.isOver) throw error;
        throw new SoundstageError('E_SESSION_ENDED', error.message, {
          cause: error,
          details: error.details,
        });
      }
    },
  }),
];
