/** Asking again and again for what changes by itself: the board, and only while somebody looks. */

/** In ms. */
export const EVERY_MS = 2_000;
const LONGEST_MS = 30_000;
/** Older than this, in ms, figures are said to be old. */
const OLD_AFTER_MS = 3 * EVERY_MS;

/** What is wrong: a code of the desk's, or `unreachable`. */
export type Wrong = string;

export interface Polled<T> {
  readonly answer: T | null;
  /** When the answer came, by this browser's clock (ms). */
  readonly at: number;
  /** How often in a row it has failed since. */
  readonly failures: number;
  readonly wrong: Wrong | null;
}

export const NOT_ASKED: Polled<never> = { answer: null, at: 0, failures: 0, wrong: null };

export function answered<T>(answer: T, at: number): Polled<T> {
  return { answer, at, failures: 0, wrong: null };
}

/** A failure keeps the last answer on screen: old figures with their age are better than none. */
export function failed<T>(before: Polled<T>, wrong: Wrong): Polled<T> {
  return { ...before, failures: before.failures + 1, wrong };
}

/** How long to wait before asking again, in ms. */
export function pause({ failures }: Polled<unknown>): number {
  return Math.min(LONGEST_MS, EVERY_MS * 2 ** Math.min(failures, 10));
}

/** How old the answer is, in ms, where it is too old to be taken for the present; else null. */
export function age({ answer, at }: Polled<unknown>, now: number): number | null {
  if (answer === null) return null;
  const old = now - at;
  return old > OLD_AFTER_MS ? old : null;
}
