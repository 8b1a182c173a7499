/** What the agent is told in plain words: refusals, and conversations that left. */
import { type DRefused, type Entry, isRetryable, type Summary } from "@prek/wire";
import { isOwned } from "./board";
import {
  type Alert,
  type DeskAction,
  type Draft,
  draftOf,
  EMPTY_THREAD,
  holdsText,
  type OwnPresence,
  type State,
  without,
} from "./model";
import { wasTooSilent } from "./nudges";
import { type Key, refusalKey } from "./texts";
import { firstWords, requeuedFor } from "./threads";

/** More than this on screen at once is noise; the oldest leave, but never one that holds a text. */
const MOST_ALERTS = 4;

/** Where an action's words were written. */
const FIELD: Partial<Record<DeskAction["type"], keyof Draft>> = {
  send: "reply",
  note: "note",
  handover: "handover",
  consult: "consult",
  block: "block",
  break_glass: "glass",
};

export function addAlert(state: State, alert: Alert): State {
  const others = state.alerts.filter((known) => known.id !== alert.id);
  const alerts = [...others, alert];
  const tooMany = alerts.length - MOST_ALERTS;
  return { ...state, alerts: alerts.filter((known, at) => at >= tooMany || holdsText(known)) };
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

/**
 * A refusal of something without an id. Not being let to follow is no fault of the agent's: it is
 * asked again when the state changes, or with the next snapshot if the desk was only busy.
 */
export function tellRefusal(state: State, frame: DRefused): State {
  const conversation = frame.conversation;
  if (conversation !== null) {
    const thread = state.threads[conversation] ?? EMPTY_THREAD;
    const denied = !isRetryable(frame.code);
    // What was read before, such as while the glass was broken, is not ours any more.
    const streams = denied ? {} : thread.streams;
    const threads = { ...state.threads, [conversation]: { ...thread, streams, denied } };
    return { ...state, threads, following: without(state.following, conversation) };
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

const SET_BY_LEADER = "set-by-leader";

/** A leader has changed how this agent is: said once, in words, and what it means stands above. */
export function tellSetByLeader(state: State, before: OwnPresence): State {
  const { presence, reason } = state.own;
  if (reason !== "set_by_leader") return state;
  if (before.reason === reason && before.presence === presence) return state;
  if (presence === "offline" || presence === "forced_away") return state;
  return addAlert(state, {
    id: SET_BY_LEADER,
    tone: "info",
    title: `set_by_leader_${presence}`,
    params: {},
    reason: null,
    text: null,
  });
}

/** A link leads to what this agent does not see, or does not see any more. */
export function tellNotHere(state: State, conversation: string): State {
  return addAlert(state, {
    id: `linked-${conversation}`,
    tone: "info",
    title: "link_not_here",
    params: {},
    reason: null,
    text: null,
  });
}

/**
 * Say it when one of the agent's own conversations went to somebody else. `now`: the server's time,
 * in ms; `latest`: why we look.
 */
export function tellMoved(before: State, after: State, now: number, latest?: Summary): State {
  return Object.values(before.board.known)
    .map((known) => known.summary)
    .filter((summary) => isOwned(summary, before.board.me))
    .reduce((state, old) => tellOneMoved(before, state, old, now, latest), after);
}

function tellOneMoved(
  before: State,
  state: State,
  old: Summary,
  now: number,
  latest: Summary | undefined,
): State {
  const about = latest?.conversation === old.conversation ? latest : undefined;
  const moved = state.board.known[old.conversation]?.summary ?? about;
  const closed = moved?.state === "closed" || moved?.state === "written";
  if (closed || (moved !== undefined && isOwned(moved, state.board.me))) return state;
  return addAlert(state, {
    id: `moved-${old.conversation}`,
    tone: "info",
    title: movedTitle(before, old, moved, now),
    // Ids here; the view looks the shown names up in the reader's own language.
    params: {
      topic: old.topic ?? "",
      words: firstWords(before.threads[old.conversation]),
      name: moved?.owner ?? "",
    },
    reason: null,
    text: null,
  });
}

function movedTitle(before: State, old: Summary, moved: Summary | undefined, now: number): Key {
  if (moved === undefined) return "moved_gone";
  if (moved.owner !== null) return "moved_away";
  const reason = requeuedFor(before.threads[old.conversation]);
  const silent =
    reason === null
      ? wasTooSilent(old, moved, before.directory?.timing, now)
      : reason === "no_reply";
  return silent ? "moved_no_reply" : "moved_line";
}

/**
 * A conversation left the desk with something half written in it: the words are given back, for
 * nothing else on screen has them any more.
 */
export function rescueDrafts(state: State): State {
  const left = Object.keys(state.drafts).filter((id) => state.board.known[id] === undefined);
  return left.reduce((rest, id) => {
    const texts = Object.values<string>({ ...draftOf(rest, id) });
    const text = texts.filter((words) => words.trim() !== "").join("\n");
    const next = { ...rest, drafts: without(rest.drafts, id) };
    if (text === "") return next;
    const about = { tone: "info", title: "draft_left", params: {}, reason: null } as const;
    return addAlert(next, { ...about, id: `draft-${id}`, text: { where: "kept", text } });
  }, state);
}

function wordsOf(action: DeskAction): string {
  if (action.type === "send" || action.type === "note") return action.text;
  if (action.type === "block" || action.type === "break_glass") return action.reason;
  return action.type === "handover" || action.type === "consult" ? (action.note ?? "") : "";
}

function titleOf(action: DeskAction): Key {
  if (action.type === "send") return "refused_send";
  if (action.type === "send_file") return "refused_send_file";
  if (action.type !== "note") return "refused_action";
  return action.whisper === true ? "refused_whisper" : "refused_note";
}

function giveBack(state: State, action: DeskAction, words: string): State {
  const draft = draftOf(state, action.conversation);
  const whispers = action.type === "note" && action.whisper === true;
  const field = whispers ? "whisper" : (FIELD[action.type] ?? "note");
  const joined = draft[field] === "" ? words : `${words}\n${draft[field]}`;
  return {
    ...state,
    drafts: { ...state.drafts, [action.conversation]: { ...draft, [field]: joined } },
  };
}
