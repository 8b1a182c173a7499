/** What the simulator says of a day, and which way is better. */

export const FIGURES = [
  "within_target_share",
  "mean_wait_s",
  "p90_wait_s",
  "gave_up_share",
  "occupancy",
] as const;
export type Figure = (typeof FIGURES)[number];
/** Null: nobody was answered, or nobody was at work. */
export type Outcome = Readonly<Record<Figure, number | null>>;
export type Verdict = "better" | "worse" | "same" | "other";

/** Less than this is no difference that anybody would notice. */
const NOTICED: Readonly<Record<Figure, number>> = {
  within_target_share: 0.005,
  mean_wait_s: 1,
  p90_wait_s: 1,
  gave_up_share: 0.005,
  occupancy: 0.005,
};

/** Whether it got better. How busy people are is neither: some say high, others low. */
export function verdict(figure: Figure, now: number | null, wanted: number | null): Verdict {
  if (now === null || wanted === null) return now === wanted ? "same" : "other";
  if (Math.abs(wanted - now) < NOTICED[figure]) return "same";
  if (figure === "occupancy") return "other";
  const more = wanted > now;
  return more === (figure === "within_target_share") ? "better" : "worse";
}
