/**
 * What a connection needs in order to be recorded: a recorder, a place, where the traffic comes from, and the report at
 * its end. Must never open the place before a server has answered.
 */

import { packageVersion } from '../mock-server/package-version.js';
import { createRedactor, modelOf, type Provenance } from '../recordings/index.js';
import { ownProvenance, provenanceOf } from './provenance.js';
import type { Route } from './proxied-connection.js';
import { type ProxyRecording, type RecordingProxyOptions, realRecordingClock } from './proxy-options.js';
import type { RecordingPlace, RecordingPlaces } from './recording-places.js';
import { type ClientTarget, upstreamTarget } from './request-target.js';
import { SessionRecorder } from './session-recorder.js';

export interface RecordedRoute {
  readonly options: RecordingProxyOptions;
  readonly upstream: URL;
  readonly client: ClientTarget;
  /** Which connection it is, from 1. */
  readonly number: number;
  readonly places: RecordingPlaces;
  readonly onRecording: (recording: ProxyRecording) => void;
}

/** The parts of a route that record it. */
export function recordedRoute(route: RecordedRoute): Pick<Route, 'recorder' | 'onOver' | 'provenanceOf'> {
  const { options, upstream, client, places, number } = route;
  const version = packageVersion();
  const { clock = realRecordingClock } = options;
  const startedAt = clock.now();
  const startedMs = clock.nowMs();
  const model = modelOf(upstreamTarget(client.target, upstream));
  let place: RecordingPlace | undefined;
  let provenance: Provenance = { kind: 'undeclared' };
  let status = 0;
  let problem: string | undefined;
  const recorder = new SessionRecorder({
    openSink: (scrub) => {
      const shown = model === null ? null : scrub(model);
      const name = client.name === undefined ? undefined : scrub(client.name);
      place = places.open({ startedAt, model: shown, name, number });
      return place.sink;
    },
    createRedactor: options.createRedactor ?? createRedactor,
    header: {
      recordedBy: `soundstage ${version}`,
      startedAt: startedAt.toISOString(),
      name: client.name,
      upstream: `${upstream.protocol}//${upstream.host}`,
      model,
      speechRedacted: options.speechRedacted,
    },
    elapsedMs: () => clock.nowMs() - startedMs,
    onProblem: (error) => {
      problem = error.message;
      options.onProblem?.(error);
    },
  });
  return {
    recorder,
    provenanceOf: (answer) => {
      status = 'status' in answer ? answer.status : 0;
      provenance =
        answer.kind === 'unreachable'
          ? ownProvenance(version)
          : provenanceOf({ ...answer, upstream, declared: options.provenance, today: startedAt });
      return provenance;
    },
    onOver: () => {
      place?.release();
      // A client that left before anybody answered leaves no recording.
      if (place === undefined && problem === undefined) return;
      const { entries, isComplete: complete } = recorder;
      const name = client.name === undefined ? {} : { name: client.name };
      const why = problem === undefined ? {} : { problem };
      route.onRecording({ path: place?.path ?? '', ...name, status, provenance, entries, complete, ...why });
    },
  };
}
