/**
 * Accepted, and not a word to the citizen yet. The desk's `nudge` may be lost, and a reload forgets
 * it: the summary and the tenant's times say the same, only a moment later.
 */
import type { DNudge, Summary, Timing } from "@prek/wire";
import { isWritten } from "./board";
import type { Nudge, State } from "./model";
import { leadsIn } from "./rights";

type Nudges = Readonly<Record<string, Nudge>>;

/** Whether the owner owes the citizen the first reply. A written answer has its own deadline. */
function owes(summary: Summary): boolean {
  return summary.owner !== null && summary.unanswered_since !== null && !isWritten(summary);
}

/** The desk has nudged an owner. A word that comes after the answer says nothing any more. */
export function addNudge(state: State, { conversation, agent, stage }: DNudge): State {
  const summary = state.board.known[conversation]?.summary;
  if (summary === undefined || summary.owner !== agent || !owes(summary)) return state;
  // The two stages may overtake each other; the later one stands.
  if (state.nudges[conversation]?.stage === "leader") return state;
  return { ...state, nudges: { ...state.nudges, [conversation]: { agent, stage } } };
}

/** Answered, or with somebody else: the nudge is over. */
export function settleNudges(state: State): State {
  const entries = Object.entries(state.nudges);
  const stands = ([id, { agent }]: [string, Nudge]) => {
    const summary = state.board.known[id]?.summary;
    return summary !== undefined && summary.owner === agent && owes(summary);
  };
  const kept = entries.filter(stands);
  return kept.length === entries.length ? state : { ...state, nudges: Object.fromEntries(kept) };
}

/** How far it has come with the first reply of a conversation; null: nobody is nudged. */
export function stageOf(
  summary: Summary,
  nudges: Nudges,
  timing: Timing | undefined,
  now: number,
): Nudge["stage"] | null {
  if (!owes(summary) || timing === undefined) return null;
  const waited_s = (now - Date.parse(summary.unanswered_since ?? "")) / 1_000;
  const told = nudges[summary.conversation]?.stage;
  if (told === "leader" || waited_s >= timing.first_reply_leader_s) return "leader";
  return told === "nudge" || waited_s >= timing.first_reply_nudge_s ? "nudge" : null;
}

/** What the server's clock and ours may differ by when it decides, in ms. */
const CLOCKS_MS = 2_000;

/**
 * Whether a conversation went back in line because its owner had not answered in time, by the
 * summaries alone: the event that says so comes by another way, and may be too late to be read. Who
 * loses the line is not counted as one who missed it, and who puts it back does so before that.
 */
export function wasTooSilent(
  old: Summary,
  moved: Summary,
  timing: Timing | undefined,
  now: number,
): boolean {
  if (timing === undefined || old.owner === null || !owes(old)) return false;
  const silent_ms = now - Date.parse(old.unanswered_since ?? "");
  const over = silent_ms >= timing.first_reply_requeue_s * 1_000 - CLOCKS_MS;
  return over && moved.missed.includes(old.owner);
}

/** Own conversations whose citizen waits for the first reply. */
export function owedByMe(state: State, now: number): Summary[] {
  return owed(state, now).filter(({ owner }) => owner === state.board.me);
}

/** Colleagues' conversations that have come so far that their leaders are told. */
export function owedByOthers(state: State, now: number): Summary[] {
  const timing = state.directory?.timing;
  return owed(state, now).filter(
    (summary) =>
      summary.owner !== state.board.me &&
      leadsIn(state.board.led, summary.department) &&
      stageOf(summary, state.nudges, timing, now) === "leader",
  );
}

function owed(state: State, now: number): Summary[] {
  const timing = state.directory?.timing;
  return Object.values(state.board.known)
    .map(({ summary }) => summary)
    .filter((summary) => stageOf(summary, state.nudges, timing, now) !== null)
    .sort((a, b) => (a.conversation < b.conversation ? -1 : 1));
}
