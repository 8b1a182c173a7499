/** "Are you still there?": asked of a silent citizen before anything is closed. */
import type { Summary, Timing } from "@prek/wire";
import { isOwned, isWritten } from "./board";
import type { State } from "./model";

/** Whether the owner may ask: in writing nobody sits and waits. */
export function mayNudge(summary: Summary, state: State): boolean {
  return isOwned(summary, state.board.me) && !isWritten(summary) && summary.nudged_at === null;
}

export function nudge({ conversation, epoch }: Summary) {
  return { type: "nudge", conversation, epoch } as const;
}

/** What the citizen is given to answer where the set-up says nothing, in s. */
const PATIENCE_S = 60;

export interface Silence {
  /** When it was asked. */
  readonly since: string;
  /** How long the citizen has yet to answer, in ms; 0: closing is the natural next step. */
  readonly left: number;
}

/** How long an own citizen has been silent since they were asked; null: not asked, or answered. */
export function silence(summary: Summary, state: State, now: number): Silence | null {
  const { nudged_at } = summary;
  if (nudged_at === null || !isOwned(summary, state.board.me)) return null;
  const timing: Timing | undefined = state.directory?.timing;
  const until = Date.parse(nudged_at) + (timing?.nudge_s ?? PATIENCE_S) * 1_000;
  return { since: nudged_at, left: Math.max(0, until - now) };
}
