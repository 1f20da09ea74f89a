/**
 * Faults that strike before there is a session: which one decides about an upgrade request. Must never answer it.
 */
import { openRandomStream } from '../protocol/index.js';
import { type Fault, faultKind } from './fault-schema.js';
import type { UpgradeFault } from './fault-types.js';
import { comesTrue } from './schema-parts.js';

/** The fault that strikes at an upgrade, and its place in the list. */
export interface StruckUpgrade extends UpgradeFault {
  readonly index: number;
  readonly do: Fault['do'];
}

/**
 * The first upgrade fault for this connection, or undefined.
 *
 * @param connection which connection of its scenario and name it is, from 1
 */
export function strikeUpgrade(
  faults: readonly Fault[],
  connection: number,
  streamOf: { readonly seed: number; readonly connectionKey: string },
): StruckUpgrade | undefined {
  for (const [index, fault] of faults.entries()) {
    const { layer, upgrade } = faultKind(fault.do);
    if (layer !== 'upgrade' || upgrade === undefined) continue;
    if (fault.at?.connection !== undefined && fault.at.connection !== connection) continue;
    const random = openRandomStream(
      streamOf.seed,
      'faults',
      `${streamOf.connectionKey}/upgrade/${connection}`,
    );
    if (fault.chance !== undefined && !comesTrue(fault.chance, random)) continue;
    return { index, do: fault.do, ...upgrade({ ...fault }) };
  }
  return undefined;
}
