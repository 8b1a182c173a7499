/** Written questions: how near the deadline is, where the answer goes, whether there is one yet. */
import type { ContactGiven, Summary, Timing } from "@prek/wire";
import { eventsOf, isSaid } from "./threads";
import type { Thread } from "./model";

export type Nearness = "over" | "soon" | "later";

/** Less than this share of the time given is near, as it is where leaders are alerted. */
const NEAR_SHARE = 1 / 4;

/** How near the deadline of a written answer is; null: there is none. */
export function nearness(
  { due_at }: Summary,
  timing: Timing | undefined,
  now: number,
): Nearness | null {
  if (due_at === null) return null;
  const left = Date.parse(due_at) - now;
  if (left <= 0) return "over";
  return left < (timing?.written_due_s ?? 0) * 1_000 * NEAR_SHARE ? "soon" : "later";
}

/** Where the citizen wants the answer, as last said; null: not said, or not ours to read. */
export function contactOf(thread: Thread | undefined): ContactGiven | null {
  const body = eventsOf(thread, "desk").findLast(({ body }) => body.kind === "contact_given")?.body;
  return body?.kind === "contact_given" ? body : null;
}

/** Whether a member of the desk has answered since the question became a written one. */
export function isAnswered(thread: Thread | undefined): boolean {
  const events = eventsOf(thread, "dialogue");
  const since = events.findLastIndex(({ body }) => body.kind === "made_written");
  return events.slice(since + 1).some((event) => isSaid(event) && event.author.kind === "agent");
}
