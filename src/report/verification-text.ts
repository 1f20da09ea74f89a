/**
 * Lays a verification out for people: one line a check, the number of them at the end. Knows nothing of terminals, and
 * lets nothing through that would move a cursor.
 */
import type { Check, Verification } from '../assertions/index.js';

const VERDICTS = { ok: 'ok    ', failed: 'FAILED' } as const;
/** Line breaks and control characters: texts of scenarios and clients must stay on their line. */
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** Renders a verification, without a newline at the end. */
export function renderVerification({ checks }: Verification): string {
  const placeColumns = Math.max(0, ...checks.map(({ place }) => place.length));
  const lines = checks.map((check) => checkLine(check, placeColumns));
  const failed = checks.filter(({ ok }) => !ok).length;
  return [...lines, `${checks.length} ${checks.length === 1 ? 'check' : 'checks'}, ${failed} failed`].join(
    '\n',
  );
}

function checkLine({ what, ok, saw, because, place }: Check, placeColumns: number): string {
  const verdict = ok ? VERDICTS.ok : VERDICTS.failed;
  const reason = because === undefined ? '' : ` (because: ${because})`;
  return `${verdict}  ${place.padEnd(placeColumns)}  ${what} – ${saw}${reason}`.replace(NOT_PRINTABLE, ' ');
}
