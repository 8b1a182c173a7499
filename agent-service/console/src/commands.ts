/** What a key does to the desk. */
import type { Summary } from "@prek/wire";
import { isOwned, isWritten, offersToMe, ownConversations } from "./board";
import type { Desk } from "./desk";
import { type Field, wantFocus } from "./focus";
import { isWalled, mayDecide } from "./glass";
import type { Command } from "./keys";
import type { State } from "./model";
import { mayNudge, nudge } from "./silence";
import { unread } from "./threads";

/** What is asked about the conversation on screen. */
export type Question =
  | "replies"
  | "handover"
  | "consult"
  | "later"
  | "close"
  | "requeue"
  | "alarm"
  | "block"
  | "why";

/** Questions that are asked in the right column. */
export const ASKED_ASIDE: ReadonlySet<Question> = new Set(["handover", "consult", "block", "why"]);

/** Whether a question can be asked about a conversation by this agent. */
export function mayAsk(question: Question, summary: Summary, state: State): boolean {
  const { board } = state;
  const owned = isOwned(summary, board.me);
  switch (question) {
    case "replies":
      return owned && (state.directory?.replies.length ?? 0) > 0;
    case "handover":
      return owned && summary.handover === null;
    case "consult":
    case "close":
    case "requeue":
      return owned;
    case "later":
      return owned && !isWritten(summary) && summary.answer_by !== null;
    case "alarm":
      // Of several the gravest stands.
      return (
        summary.state !== "closed" && summary.alarm !== "danger" && !isWalled(summary, state)
      );
    case "block":
      return mayDecide(summary, state);
    case "why":
      return summary.state !== "closed";
  }
}

export interface Screen {
  readonly desk: Desk;
  readonly ask: (question: Question) => void;
  readonly showSheet: () => void;
}

/** Carry a command out; false when there is nothing to do it to. */
export function carryOut(command: Command, screen: Screen): boolean {
  const { desk } = screen;
  switch (command) {
    case "accept":
      return onFirstOffer(desk, acceptOffer);
    case "decline":
      return onFirstOffer(desk, declineOffer);
    case "next":
      return select(desk, neighbour(desk.state, 1));
    case "previous":
      return select(desk, neighbour(desk.state, -1));
    case "unread":
      return select(desk, nextUnread(desk.state));
    case "reply":
      return focusField(desk, "message");
    case "note":
      desk.dispatch({ type: "pane", pane: "details" });
      return focusField(desk, "note");
    case "topic":
      return focusField(desk, "topic");
    case "replies":
    case "handover":
    case "consult":
    case "later":
    case "close":
    case "why":
    case "alarm":
    case "block": {
      const summary = selected(desk.state);
      if (summary === undefined || !mayAsk(command, summary, desk.state)) return false;
      screen.ask(command);
      return true;
    }
    case "nudge": {
      const summary = selected(desk.state);
      if (summary === undefined || !mayNudge(summary, desk.state)) return false;
      desk.act(nudge(summary));
      return true;
    }
    case "sheet":
      screen.showSheet();
      return true;
  }
}

export function acceptOffer(desk: Desk, summary: Summary): void {
  const { conversation, offer } = summary;
  if (offer === null) return;
  desk.act({ type: "accept", conversation, offer: offer.id });
  select(desk, conversation);
}

export function declineOffer(desk: Desk, summary: Summary): void {
  const { conversation, offer } = summary;
  if (offer !== null) desk.act({ type: "decline", conversation, offer: offer.id });
}

/** Take a conversation from the line, or as a leader from a colleague. */
export function takeOver(desk: Desk, summary: Summary): void {
  const { conversation, epoch } = summary;
  desk.act({ type: "take_over", conversation, epoch });
  select(desk, conversation);
}

/** Put a conversation on screen, ready to write. */
export function select(desk: Desk, conversation: string | null): boolean {
  if (conversation === null) return false;
  desk.dispatch({ type: "select", conversation });
  wantFocus("message", conversation);
  return true;
}

/** The own conversation `step` places from the one on screen, round and round. */
export function neighbour(state: State, step: 1 | -1): string | null {
  const own = ownConversations(state.board).map(({ conversation }) => conversation);
  if (own.length === 0) return null;
  const at = own.indexOf(state.selected ?? "");
  const from = at === -1 && step === -1 ? 0 : at;
  return own[(from + step + own.length) % own.length] ?? null;
}

/** The first own conversation with something unread, looking on from the one on screen. */
export function nextUnread(state: State): string | null {
  const own = ownConversations(state.board).map(({ conversation }) => conversation);
  const at = own.indexOf(state.selected ?? "");
  const onwards = [...own.slice(at + 1), ...own.slice(0, at + 1)];
  return onwards.find((id) => unread(state.threads[id]) > 0) ?? null;
}

function onFirstOffer(desk: Desk, act: (desk: Desk, summary: Summary) => void): boolean {
  const first = offersToMe(desk.state.board)[0];
  if (first === undefined) return false;
  act(desk, first);
  return true;
}

function selected({ board, selected: id }: State): Summary | undefined {
  return id === null ? undefined : board.known[id]?.summary;
}

/** Notes and the topic are in the right column, which a narrow screen may hide. */
function focusField(desk: Desk, field: Field): boolean {
  const id = desk.state.selected;
  if (id === null) return false;
  desk.dispatch({ type: "pane", pane: field === "message" ? "dialogue" : "details" });
  wantFocus(field, id);
  return true;
}
