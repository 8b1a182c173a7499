/** Where bars and lines of a chart stand: numbers to lengths. */

/** So many lines at the most, zero not counted. */
const MOST_TICKS = 5;
const STEPS = [1, 2, 5] as const;

export interface Scale {
  /** The values that have a line, from zero; whole numbers, for people are counted. */
  readonly ticks: readonly number[];
  /** The value at the far end, which nothing exceeds. */
  readonly top: number;
}

/** The scale of a chart whose greatest value is `most`. */
export function scale(most: number): Scale {
  const step = stepFor(Math.max(1, most));
  const count = Math.max(1, Math.ceil(Math.max(1, most) / step));
  return {
    ticks: Array.from({ length: count + 1 }, (_, n) => n * step),
    top: count * step,
  };
}

function stepFor(most: number): number {
  for (let power = 1; ; power *= 10) {
    for (const digit of STEPS) {
      if (Math.ceil(most / (digit * power)) <= MOST_TICKS) return digit * power;
    }
  }
}

/** Parts of one bar, each beginning where the last one ended, in the unit of `length`. */
export function stacked(
  values: readonly number[],
  { top }: Scale,
  length: number,
): readonly { readonly start: number; readonly size: number }[] {
  let sum = 0;
  return values.map((value) => {
    const start = (sum / top) * length;
    sum += value;
    return { start, size: (sum / top) * length - start };
  });
}

/** Every how many-th name there is room for, so that names under a chart do not overlap. */
export function nameEvery(names: number, room: number): number {
  return Math.max(1, Math.ceil(names / Math.max(1, room)));
}
