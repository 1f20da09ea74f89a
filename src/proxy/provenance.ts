/**
 * Where a recorded session came from, by what its server says of itself and who it is. Must never call traffic captured
 * when a stand-in says that it answered.
 */
import { STAND_IN_HEADER } from '../mock-server/stand-in-header.js';
import type { Provenance, RecordedHeaders } from '../recordings/index.js';

/** What the user says of an upstream that says nothing of itself. */
export type DeclaredProvenance = 'captured' | 'simulated';

export interface ProvenanceEvidence {
  readonly upstream: URL;
  /** Whether the certificate of the server was verified, by authorities that the user did not bring. */
  readonly isVerified: boolean;
  /** Of the server's answer. */
  readonly headers: RecordedHeaders;
  readonly declared: DeclaredProvenance | undefined;
  readonly today: Date;
}

/** Hosts of the service, and domains below which every host is one. */
const SERVICE_HOSTS = ['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com'];
const SERVICE_DOMAINS = ['.maas.aliyuncs.com'];

/** Judges the evidence: what a stand-in says of itself first, then the service's own address, then the user's word. */
export function provenanceOf(evidence: ProvenanceEvidence): Provenance {
  const { upstream, headers, declared, isVerified, today } = evidence;
  const standIn = headers.find(([name]) => name.toLowerCase() === STAND_IN_HEADER)?.[1];
  if (standIn !== undefined) return readStandIn(standIn);
  const isService = upstream.protocol === 'wss:' && isVerified && isServiceHost(upstream.hostname);
  if (isService || declared === 'captured')
    return { kind: 'captured', date: today.toISOString().slice(0, 10) };
  return declared === 'simulated' ? { kind: 'simulated', by: 'unknown' } : { kind: 'undeclared' };
}

/** An answer that the proxy made up, since no server gave one. */
export function ownProvenance(version: string): Provenance {
  return { kind: 'simulated', by: `soundstage ${version}, its proxy` };
}

function isServiceHost(hostname: string): boolean {
  const host = hostname.toLowerCase();
  return SERVICE_HOSTS.includes(host) || SERVICE_DOMAINS.some((domain) => host.endsWith(domain));
}

/** `0.1.0; scenario=barge-in; seed=7`, of which only the version is always there. */
function readStandIn(value: string): Provenance {
  const [version = '', ...fields] = value.split(';').map((part) => part.trim());
  const fieldOf = (key: string) =>
    fields.find((field) => field.startsWith(`${key}=`))?.slice(key.length + 1) || undefined;
  const scenario = fieldOf('scenario');
  const seedText = fieldOf('seed');
  const seed = seedText !== undefined && /^-?\d{1,16}$/.test(seedText) ? Number(seedText) : Number.NaN;
  return {
    kind: 'simulated',
    by: `soundstage ${version === '' ? 'of an unknown version' : version}`,
    ...(Number.isSafeInteger(seed) ? { seed } : {}),
    ...(scenario === undefined ? {} : { scenario }),
  };
}
