/** Whose words are read: own conversations and the one on screen; the frames that say so. */
import type { AgentFrame, AFollow } from "@prek/wire";
import { isMine } from "./board";
import type { Board, State, Thread } from "./model";
import { lastSeq } from "./threads";

export interface Step {
  readonly state: State;
  /** To send now if there is a line; lost otherwise, and made anew at the next welcome. */
  readonly send: readonly AgentFrame[];
}

const STREAMS = ["dialogue", "desk"] as const;

export function follow(conversation: string, stream: string, after: number): AFollow {
  // A wall of secrecy begins a new stream of the same kind; the desk answers with those we may read.
  const kind = stream.startsWith("desk") ? "desk" : "dialogue";
  return { type: "follow", conversation, stream: kind, after };
}

function wanted(state: State): string[] {
  const { board, selected, threads } = state;
  return Object.values(board.known)
    .map((known) => known.summary)
    .filter((summary) => isMine(summary, board.me) || summary.conversation === selected)
    .map((summary) => summary.conversation)
    .filter((id) => threads[id]?.denied !== true);
}

/** What was not ours to read may be now that its state changed: ask again. */
export function forgive(before: Board, state: State): State {
  const changed = ([id, thread]: [string, Thread]) =>
    thread.denied && state.board.known[id]?.summary.version !== before.known[id]?.summary.version;
  const denied = Object.entries(state.threads).filter(changed);
  if (denied.length === 0) return state;
  const asked = Object.fromEntries(denied.map(([id, thread]) => [id, { ...thread, denied: false }]));
  return { ...state, threads: { ...state.threads, ...asked } };
}

/** Follow what is newly wanted, let go of the rest, forget the words of what is out of view. */
export function settleFollows(state: State): Step {
  const want = wanted(state);
  const wantSet = new Set(want);
  const fresh = want.filter((id) => state.following[id] === undefined);
  const stale = Object.keys(state.following).filter((id) => !wantSet.has(id));
  const threads = keptThreads(state);
  if (fresh.length === 0 && stale.length === 0) return { state: { ...state, threads }, send: [] };
  const following = Object.fromEntries(want.map((id) => [id, true as const]));
  const follows = fresh.flatMap((id) =>
    STREAMS.map((stream) => follow(id, stream, lastSeq(threads[id], stream))),
  );
  const unfollows = stale.map((id) => ({ type: "unfollow", conversation: id }) as const);
  return { state: { ...state, threads, following }, send: [...follows, ...unfollows] };
}

function keptThreads(state: State): Readonly<Record<string, Thread>> {
  const entries = Object.entries(state.threads);
  const kept = entries.filter(([id]) => state.board.known[id] !== undefined);
  return kept.length === entries.length ? state.threads : Object.fromEntries(kept);
}
