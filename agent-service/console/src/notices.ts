/** What the agent is told in plain words: refusals, and conversations that left. */
import type { DRefused, Entry, Summary } from "@prek/wire";
import { isOwned } from "./board";
import {
  type Alert,
  type DeskAction,
  type Draft,
  EMPTY_DRAFT,
  EMPTY_THREAD,
  type State,
} from "./model";
import { type Key, refusalKey } from "./texts";

/** More than this on screen at once is noise; the oldest leave. */
const MOST_ALERTS = 4;

export function addAlert(state: State, alert: Alert): State {
  const others = state.alerts.filter((known) => known.id !== alert.id);
  return { ...state, alerts: [...others, alert].slice(-MOST_ALERTS) };
}

/** An action that will not happen: say why, and give its words back to their writer. */
export function tellRefused(state: State, entry: Entry<DeskAction>, code: string): State {
  const { action } = entry;
  const words = wordsOf(action);
  const here = state.board.known[action.conversation] !== undefined;
  const back = here && words !== "" ? giveBack(state, action, words) : state;
  return addAlert(back, {
    id: action.id,
    tone: "danger",
    title: titleOf(action),
    params: {},
    reason: refusalKey(code),
    text: words === "" ? null : here ? { where: "returned" } : { where: "kept", text: words },
  });
}

/** A refusal of something without an id. Not being let to follow is no fault of the agent's. */
export function tellRefusal(state: State, frame: DRefused): State {
  const conversation = frame.conversation;
  if (conversation !== null) {
    const thread = state.threads[conversation] ?? EMPTY_THREAD;
    return { ...state, threads: { ...state.threads, [conversation]: { ...thread, denied: true } } };
  }
  return addAlert(state, {
    id: `refused-${frame.code}`,
    tone: "danger",
    title: "refused_action",
    params: {},
    reason: refusalKey(frame.code),
    text: null,
  });
}

/** Say it when one of the agent's own conversations went to somebody else. `latest`: why we look. */
export function tellMoved(before: State, after: State, latest?: Summary): State {
  return Object.values(before.board.known)
    .map((known) => known.summary)
    .filter((summary) => isOwned(summary, before.board.me))
    .reduce((state, old) => tellOneMoved(state, old, latest), after);
}

function tellOneMoved(state: State, old: Summary, latest: Summary | undefined): State {
  const about = latest?.conversation === old.conversation ? latest : undefined;
  const now = state.board.known[old.conversation]?.summary ?? about;
  const closed = now?.state === "closed" || now?.state === "written";
  if (closed || (now !== undefined && isOwned(now, state.board.me))) return state;
  const title = now === undefined ? "moved_gone" : now.owner === null ? "moved_line" : "moved_away";
  return addAlert(state, {
    id: `moved-${old.conversation}`,
    tone: "info",
    title,
    // Ids here; the view looks the shown names up in the reader's own language.
    params: { topic: old.topic ?? "", name: now?.owner ?? "" },
    reason: null,
    text: null,
  });
}

function wordsOf(action: DeskAction): string {
  if (action.type === "send" || action.type === "note") return action.text;
  return action.type === "handover" ? (action.note ?? "") : "";
}

function titleOf(action: DeskAction): Key {
  if (action.type === "send") return "refused_send";
  return action.type === "note" ? "refused_note" : "refused_action";
}

function giveBack(state: State, action: DeskAction, words: string): State {
  const draft = state.drafts[action.conversation] ?? EMPTY_DRAFT;
  const field: keyof Draft = action.type === "send" ? "reply" : "note";
  const joined = draft[field] === "" ? words : `${words}\n${draft[field]}`;
  return {
    ...state,
    drafts: { ...state.drafts, [action.conversation]: { ...draft, [field]: joined } },
  };
}
