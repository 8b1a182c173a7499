/** Putting actions in the outbox: a button pressed twice is one action; and when they are done. */
import { enqueue, markAccepted, resolve } from "@prek/wire";
import type { DeskAction, State } from "./model";

const SPEAKING: ReadonlySet<DeskAction["type"]> = new Set(["send", "note", "send_file"]);

/** Put an action in the outbox, unless it is there; one that carries words is always another. */
export function act(state: State, action: DeskAction): State {
  const before = state.outbox.entries.map((entry) => entry.action);
  if (!SPEAKING.has(action.type) && isRepeat(before, action)) return state;
  return { ...state, outbox: enqueue(state.outbox, action.conversation, action) };
}

/**
 * It happened. What is to be read comes by its event, sooner or later than this: where that will be
 * shown it is only as good as accepted until then, or its words were nowhere on screen meanwhile.
 */
export function done(state: State, id: string): State {
  const action = state.outbox.entries.find((entry) => entry.action.id === id)?.action;
  if (action === undefined) return state;
  const shows = SPEAKING.has(action.type) && state.following[action.conversation] !== undefined;
  return { ...state, outbox: (shows ? markAccepted : resolve)(state.outbox, id) };
}

/**
 * Whether the last that was said of the same thing says the same. Only the last counts: whoever
 * chooses one topic, then another, and the first again, means the first.
 */
function isRepeat(before: readonly DeskAction[], now: DeskAction): boolean {
  const last = before.findLast((action) => subject(action) === subject(now));
  return last !== undefined && value(last) === value(now);
}

/** What an action is about: two consultations are two things. */
function subject(action: DeskAction): string {
  const { type, conversation } = action;
  const colleague = type === "consult" || type === "end_consult" ? action.agent : "";
  return `${type} ${conversation} ${colleague}`;
}

/** What it is to be from now on. */
function value(action: DeskAction): string {
  if (action.type === "set_topic") return action.topic;
  if (action.type === "move") return action.department;
  return action.type === "classify" ? `${action.outcome ?? ""} ${action.archive ?? ""}` : "";
}
