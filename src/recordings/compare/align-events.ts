/**
 * Which event of one recording is which of the other, one side at a time: alike ones by the shortest edit script, then
 * changed ones of the same type between two that are alike, then those that stand elsewhere. Must never look across
 * sides.
 */
import { LIMITS } from '../../protocol/limits.js';
import { type ComparedEvent, eventShape } from './compared-events.js';
import { type Edit, editScript } from './edit-script.js';

/** One step through both recordings' events of one side. */
export type Step =
  | { readonly kind: 'pair'; readonly a: ComparedEvent; readonly b: ComparedEvent }
  | { readonly kind: 'removed'; readonly a: ComparedEvent; readonly isMoved?: boolean }
  | { readonly kind: 'added'; readonly b: ComparedEvent }
  /** The same event at another place; told where it was. */
  | { readonly kind: 'moved'; readonly a: ComparedEvent; readonly b: ComparedEvent };

/** The steps in order; undefined when the recordings have too little in common to line up. */
export function alignEvents(
  a: readonly ComparedEvent[],
  b: readonly ComparedEvent[],
): readonly Step[] | undefined {
  const numbers = new Map<string, number>();
  const numbered = (events: readonly ComparedEvent[]) =>
    events.map((event) => {
      const shape = eventShape(event);
      const known = numbers.get(shape) ?? numbers.size;
      numbers.set(shape, known);
      return known;
    });
  const [shapesA, shapesB] = [numbered(a), numbered(b)];
  const edits = editScript(shapesA, shapesB, LIMITS.comparedEdits);
  if (edits === undefined) return undefined;
  return withMoves(gapsPaired(edits, a, b), (event) => numbers.get(eventShape(event)) ?? -1);
}

/** Between two events that are alike, those that were removed and added are paired by type, in order. */
function gapsPaired(
  edits: readonly Edit[],
  a: readonly ComparedEvent[],
  b: readonly ComparedEvent[],
): Step[] {
  const steps: Step[] = [];
  let removed: ComparedEvent[] = [];
  let added: ComparedEvent[] = [];
  const endGap = () => {
    steps.push(...pairGap(removed, added));
    [removed, added] = [[], []];
  };
  for (const edit of edits) {
    if (edit.kind === 'removed') removed.push(a[edit.a] as ComparedEvent);
    else if (edit.kind === 'added') added.push(b[edit.b] as ComparedEvent);
    else {
      endGap();
      steps.push({ kind: 'pair', a: a[edit.a] as ComparedEvent, b: b[edit.b] as ComparedEvent });
    }
  }
  endGap();
  return steps;
}

function pairGap(removed: readonly ComparedEvent[], added: readonly ComparedEvent[]): Step[] {
  const steps: Step[] = [];
  let next = 0;
  for (const [index, one] of removed.entries()) {
    const found = added.findIndex((other, place) => place >= next && mayPair(one, other));
    // An event that fits a later one of the other side better must not cost those between their partners.
    const isCostly =
      found > next && added.slice(next, found).some((other) => laterFits(removed, index, other));
    if (found < 0 || isCostly) {
      steps.push({ kind: 'removed', a: one });
      continue;
    }
    for (const other of added.slice(next, found)) steps.push({ kind: 'added', b: other });
    steps.push({ kind: 'pair', a: one, b: added[found] as ComparedEvent });
    next = found + 1;
  }
  for (const other of added.slice(next)) steps.push({ kind: 'added', b: other });
  return steps;
}

function laterFits(removed: readonly ComparedEvent[], after: number, other: ComparedEvent): boolean {
  return removed.slice(after + 1, after + 50).some((one) => mayPair(one, other));
}

/** A withheld entry may have been anything of its kind. */
function mayPair(a: ComparedEvent, b: ComparedEvent): boolean {
  return a.label === b.label || stoodFor(a, b) || stoodFor(b, a);
}

function stoodFor(withheld: ComparedEvent, other: ComparedEvent): boolean {
  if (withheld.stoodFor === undefined) return false;
  return withheld.stoodFor === 'text'
    ? 'type' in other.value || other.label === 'text'
    : withheld.stoodFor === other.label;
}

function withMoves(steps: readonly Step[], shapeOf: (event: ComparedEvent) => number): Step[] {
  const removed = new Map<number, ComparedEvent[]>();
  for (const step of steps) {
    if (step.kind !== 'removed') continue;
    const shape = shapeOf(step.a);
    removed.set(shape, [...(removed.get(shape) ?? []), step.a]);
  }
  const gone = new Set<ComparedEvent>();
  const moved = steps.map((step): Step => {
    if (step.kind !== 'added') return step;
    const from = removed.get(shapeOf(step.b))?.shift();
    if (from === undefined) return step;
    gone.add(from);
    return { kind: 'moved', a: from, b: step.b };
  });
  return moved.map((step) =>
    step.kind === 'removed' && gone.has(step.a) ? { ...step, isMoved: true } : step,
  );
}
