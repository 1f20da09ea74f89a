/**
 * A recording proxy between a raw peer and a raw upstream, with a folder of its own. Everything it opens goes with the
 * test that asked for it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  createRecordingProxy,
  type ProxyRecording,
  type RecordingProxy,
  type RecordingProxyOptions,
} from '../../src/proxy/index.js';
import { Happenings } from './happenings.js';
import { RawPeer } from './raw-peer.js';
import { RawUpstream, type RawUpstreamOptions, type UpstreamLink } from './raw-upstream.js';

export const TARGET = '/api-ws/v1/realtime?model=qwen3.5-omni-flash-realtime';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'soundstage-proxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function rawUpstream(options: RawUpstreamOptions = {}): Promise<RawUpstream> {
  const upstream = await new RawUpstream(options).listen();
  onTestFinished(() => upstream.close());
  return upstream;
}

export interface Proxied {
  readonly proxy: RecordingProxy;
  readonly out: string;
  readonly problems: string[];
  /** The `count`-th recording that has ended, from 1. */
  recording(count?: number): Promise<ProxyRecording>;
  /** A client that has not asked for anything. */
  peer(keepsOpen?: boolean): RawPeer;
}

export async function proxied(options: RecordingProxyOptions): Promise<Proxied> {
  const out = options.out ?? temporaryFolder();
  const ended = new Happenings();
  const recordings: ProxyRecording[] = [];
  const problems: string[] = [];
  const proxy = await createRecordingProxy({
    env: {},
    ...options,
    out,
    onRecording: (recording) => {
      recordings.push(recording);
      ended.add('recording');
    },
    onProblem: (problem) => problems.push(problem.message),
  });
  onTestFinished(() => proxy.close());
  return {
    proxy,
    out,
    problems,
    recording: async (count = 1) => {
      await ended.untilCount('recording', count);
      const recording = recordings[count - 1];
      if (recording === undefined) throw new Error('no such recording');
      return recording;
    },
    peer: (keepsOpen = false) => {
      const peer = new RawPeer(proxy.url, keepsOpen);
      onTestFinished(() => {
        peer.socket.destroy();
      });
      return peer;
    },
  };
}

export interface Linked extends Proxied {
  readonly upstream: RawUpstream;
  readonly client: RawPeer;
  readonly server: UpstreamLink;
}

/** The same with one connection that stands. */
export async function linked(
  options: Partial<RecordingProxyOptions> = {},
  upstreamOptions: RawUpstreamOptions = {},
): Promise<Linked> {
  const upstream = await rawUpstream(upstreamOptions);
  const through = await proxied({ upstream: upstream.url, ...options });
  const client = await through.peer(true).upgrade(TARGET);
  return { ...through, upstream, client, server: await upstream.link() };
}

/** Resolves when the client has received that many bytes behind the handshake. */
export async function untilClientHas(client: RawPeer, sizeBytes: number): Promise<void> {
  while (client.received.length < sizeBytes) {
    await client.saw.untilCount('data', client.saw.list.filter((seen) => seen === 'data').length + 1);
  }
}
