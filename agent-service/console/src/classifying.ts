/** What became of an enquiry, and what the archive makes of it, as the agent says at wrap-up. */
import type { AClassify, Summary } from "@prek/wire";
import { isWrapUp } from "./board";
import { isWalled } from "./glass";
import type { State } from "./model";

export type Outcome = NonNullable<AClassify["outcome"]>;
export type ArchiveChoice = NonNullable<AClassify["archive"]>;

export const OUTCOMES: readonly Outcome[] = [
  "answered",
  "guided",
  "handed_on",
  "unanswered",
  "no_enquiry",
];
export const ARCHIVE_CHOICES: readonly ArchiveChoice[] = ["none", "archive", "journal"];

export interface Classification {
  readonly outcome: Outcome | null;
  readonly archive: ArchiveChoice | null;
}

/** What is chosen: what is on its way counts, as it will stand when the ledger has it. */
export function chosenFor(summary: Summary, state: State): Classification {
  return state.outbox.entries.reduce<Classification>(
    (chosen, { action }) => {
      if (action.type !== "classify" || action.conversation !== summary.conversation) return chosen;
      const { outcome, archive } = action;
      return { outcome: outcome ?? chosen.outcome, archive: archive ?? chosen.archive };
    },
    { outcome: summary.outcome, archive: summary.archive },
  );
}

/** What nobody has said yet. */
export function isUnclassified({ outcome, archive }: Classification): boolean {
  return outcome === null || archive === null;
}

/** What the archive mostly makes of such an enquiry, as the set-up says of its topic. */
export function usualFor(summary: Summary, state: State): ArchiveChoice | null {
  return state.directory?.topics.find(({ id }) => id === summary.topic)?.archive ?? null;
}

/** Whether it is asked for beside the facts: under the dialogue the wrap-up does it. */
export function isClassifiedAside(summary: Summary, state: State): boolean {
  const wrapsUp = isWrapUp(summary, state.board.me);
  return summary.state === "closed" && !wrapsUp && !isWalled(summary, state);
}
