/** What the proxy says when no server answers in its place, in the shape of the service's refusals. */
import type { HttpAnswer } from '../mock-server/transport/http-answer.js';
import { REALTIME_PATH } from './request-target.js';

/** A refusal that is the proxy's own. */
export function ownRefusal(status: number, code: string, message: string): HttpAnswer {
  return { status, body: JSON.stringify({ code, message }) };
}

export const OWN_REFUSALS = {
  badName: () =>
    ownRefusal(
      400,
      'BadRecordingName',
      'The name in /n/<name> is none that a recording may have: up to 80 letters, digits, dots, hyphens and underscores, not beginning with a dot. Try /n/my-test.',
    ),
  noUpgrade: () =>
    ownRefusal(
      426,
      'UpgradeRequired',
      `This is soundstage record, which passes WebSocket connections on. Try a WebSocket client at ${REALTIME_PATH}, or at /n/<name>${REALTIME_PATH} to name the recording.`,
    ),
  noDialOut: (path: string | undefined) =>
    ownRefusal(
      503,
      'NotRecorded',
      `There is no recording ${path ?? 'of this connection'}, and on a CI machine nothing goes out to a service. Try recording it where CI is not set.`,
    ),
  unknownRecording: (path: string | undefined) =>
    ownRefusal(
      404,
      'NotRecorded',
      path === undefined
        ? `Nothing says which recording is meant. Try /n/<name>${REALTIME_PATH}.`
        : `There is no recording ${path}. Try recording it first, or another name.`,
    ),
  noReplay: (why: string) => ownRefusal(502, 'ReplayFailed', `The recording cannot be played: ${why}`),
  unreachable: (status: number, host: string, why: string) =>
    ownRefusal(
      status,
      'UpstreamUnreachable',
      `The server ${host} cannot be reached: ${why}. Try its address in --upstream, --ca for its certificate, or HTTPS_PROXY.`,
    ),
} as const;
