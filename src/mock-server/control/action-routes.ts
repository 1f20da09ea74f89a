/** Routes that reach into a session while it runs: messages, faults, holds, an end, and virtual time. */
import { z } from 'zod';
import { SoundstageError } from '../../protocol/index.js';
import { oneShotFaultSchema } from '../../scenarios/fault-schema.js';
import { liveHoldSchema } from '../../scenarios/hold-schema.js';
import type { LiveHold, OneShotFault } from '../../scenarios/index.js';
import { faultKind, readLiveHold, readOneShotFault } from '../../scenarios/index.js';
import type { RunningSession } from '../running-session.js';
import {
  clockSchema,
  type HoldJson,
  happenedSchema,
  heldSchema,
  holdStateSchema,
  releasedSchema,
} from './answer-schemas.js';
import { findOpenSession, findSession } from './find-session.js';
import { type BodyReader, bodyOf } from './request-body.js';
import { advanceRequestSchema, closeRequestSchema, injectRequestSchema } from './request-schemas.js';
import { route } from './route.js';
import { act, countAddition } from './session-control.js';

const faultBody: BodyReader<OneShotFault> = {
  schema: oneShotFaultSchema,
  description: 'A fault as in a scenario; without `at` it strikes at once.',
  read: (value) => {
    const fault = readOneShotFault(value);
    if (faultKind(fault.do).layer !== 'upgrade') return fault;
    const why = `${fault.do} strikes at upgrades, and this session has been let in. Try a scenario with this fault, or close.`;
    throw new SoundstageError('E_SCENARIO', `Cannot play do: ${why}`, { details: { path: 'do' } });
  },
};

const holdBody: BodyReader<LiveHold> = {
  schema: liveHoldSchema,
  description: 'A hold; without `after` it begins at once, without `until` it waits to be released.',
  isOptional: true,
  read: readLiveHold,
};

export const ACTION_ROUTES = [
  route({
    name: 'inject',
    method: 'POST',
    path: 'sessions/{id}/inject',
    summary: 'Sends the client a message that the service would not send.',
    body: bodyOf('The message.', injectRequestSchema),
    statuses: { 200: 'It was sent, or waits behind a hold.' },
    answer: happenedSchema,
    errors: [404, 409],
    handle: ({ context: { host }, path, body: { event, text } }) => {
      const session = findOpenSession(host, path['id'] ?? '', 'inject');
      return { status: 200, json: act(session, () => session.inject(event ?? text ?? '')) };
    },
  }),
  route({
    name: 'addFault',
    method: 'POST',
    path: 'sessions/{id}/faults',
    summary: 'Adds a fault to a session.',
    body: faultBody,
    statuses: { 201: 'It has struck, or lies in wait; `entries` tells.' },
    answer: happenedSchema,
    errors: [404, 409],
    handle: ({ context: { host }, path, body }) => {
      const session = findOpenSession(host, path['id'] ?? '', 'add a fault');
      countAddition(session);
      return { status: 201, json: act(session, () => session.fault(body)) };
    },
  }),
  route({
    name: 'holds',
    method: 'GET',
    path: 'sessions/{id}/holds',
    summary: 'Every hold of a session, and where it is.',
    statuses: { 200: 'Those of the scenario first.' },
    answer: z.array(holdStateSchema),
    errors: [404],
    handle: ({ context: { host }, path }) => ({
      status: 200,
      json: findSession(host, path['id'] ?? '').holds.map(showHold),
    }),
  }),
  route({
    name: 'addHold',
    method: 'POST',
    path: 'sessions/{id}/holds',
    summary: 'Stops a lane of a session, at once or after an event.',
    body: holdBody,
    statuses: { 201: 'It is in force, or lies in wait; `phase` tells.' },
    answer: heldSchema,
    errors: [404, 409],
    handle: ({ context: { host }, path, body }) => {
      const session = findOpenSession(host, path['id'] ?? '', 'hold');
      countAddition(session);
      let index = 0;
      const happened = act(session, () => {
        index = session.hold(body).index;
      });
      return { status: 201, json: { ...happened, ...holdAt(session, index) } };
    },
  }),
  route({
    name: 'releaseHold',
    method: 'POST',
    path: 'sessions/{id}/holds/{index}/release',
    summary: 'Lets the lane of a hold go on.',
    statuses: { 200: 'It goes on; `released` is false when nothing was held.' },
    answer: releasedSchema,
    errors: [404, 409],
    handle: ({ context: { host }, path }) => {
      const session = findOpenSession(host, path['id'] ?? '', 'release a hold');
      const { index } = holdAt(session, Number(path['index']));
      let released = false;
      const happened = act(session, () => {
        released = session.releaseHold(index);
      });
      return { status: 200, json: { ...happened, ...holdAt(session, index), released } };
    },
  }),
  route({
    name: 'closeSession',
    method: 'POST',
    path: 'sessions/{id}/close',
    summary: "Closes the connection from the server's side.",
    body: bodyOf('How.', closeRequestSchema, true),
    statuses: { 200: 'The close frame is on its way.' },
    answer: happenedSchema,
    errors: [404, 409],
    handle: ({ context: { host }, path, body: { code, reason } }) => {
      const session = findOpenSession(host, path['id'] ?? '', 'close');
      return { status: 200, json: act(session, () => session.end(code, reason)) };
    },
  }),
  route({
    name: 'clock',
    method: 'GET',
    path: 'sessions/{id}/clock',
    summary: 'Where the virtual time of a session stands, and what is due.',
    statuses: { 200: 'The clock.' },
    answer: clockSchema,
    errors: [404],
    handle: ({ context: { host }, path }) => {
      const { nextWorkMs, nextPatienceMs, ...rest } = findSession(host, path['id'] ?? '').clock;
      const isIdle = nextWorkMs === undefined && !rest.isHolding;
      return {
        status: 200,
        json: { ...rest, isIdle, nextWorkMs: finite(nextWorkMs), nextPatienceMs: finite(nextPatienceMs) },
      };
    },
  }),
  route({
    name: 'advance',
    method: 'POST',
    path: 'sessions/{id}/clock/advance',
    summary: 'Moves the virtual time of a session on: deltas, idle close, session limit, silence.',
    body: bodyOf('How far.', advanceRequestSchema),
    statuses: { 200: 'The time it is now, and what happened on the way.' },
    answer: happenedSchema,
    errors: [404, 409],
    handle: ({ context: { host }, path, body: { byMs } }) => {
      const session = findOpenSession(host, path['id'] ?? '', 'advance the clock');
      return { status: 200, json: act(session, () => session.advance(byMs)) };
    },
  }),
];

/** Never is no number in JSON. */
function finite(ms: number | undefined): number | null {
  return ms === undefined || !Number.isFinite(ms) ? null : ms;
}

function showHold({ index, lane, phase, hold }: RunningSession['holds'][number]): HoldJson {
  return { index, lane, phase, hold: { ...hold } };
}

function holdAt(session: RunningSession, index: number): HoldJson {
  const hold = session.holds[index];
  if (hold !== undefined) return showHold(hold);
  const count = session.holds.length;
  const hint = count === 0 ? 'adding one' : `a number up to ${count - 1}`;
  throw new SoundstageError(
    'E_HOLD_UNKNOWN',
    `There is no such hold in session ${session.id}: it has ${count}. Try ${hint}.`,
    { details: { holds: count } },
  );
}
