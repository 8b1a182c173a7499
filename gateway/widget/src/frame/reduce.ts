/** `(state, event) -> state`: everything the frame does, beside a thin shell. */
import {
  checkText,
  enqueue,
  findNationalIds,
  type LineState,
  type Outbox,
  type ServerFrame,
} from "@prek/wire";
import type { Language } from "../texts/catalogue";
import { forget } from "./forget";
import { onForm, openForm, type FormHappening } from "./forms";
import { hear } from "./hear";
import { say, type NewIds } from "./say";
import { phaseOf, presenceOf, type CitizenAction, type Conversation, type State } from "./state";

export type Happening =
  | FormHappening
  | { readonly kind: "line"; readonly line: LineState }
  | { readonly kind: "network"; readonly online: boolean }
  | {
      readonly kind: "frame";
      readonly frame: ServerFrame;
      readonly now: number;
      readonly jitter: number;
    }
  | { readonly kind: "outbox"; readonly outbox: Outbox<CitizenAction> }
  | { readonly kind: "clock"; readonly now: number }
  | { readonly kind: "typed"; readonly draft: string }
  /** `anyway`: the writer was warned, and the number may be removed. */
  | { readonly kind: "submitted"; readonly ids: NewIds; readonly anyway: boolean }
  | { readonly kind: "warning_closed" }
  | { readonly kind: "topic"; readonly topic: string | null }
  | { readonly kind: "language"; readonly language: Language }
  | { readonly kind: "end_asked" }
  | { readonly kind: "end_cancelled" }
  | { readonly kind: "end_confirmed"; readonly id: string }
  | { readonly kind: "refusal_dismissed" }
  | { readonly kind: "emergency_closed" }
  | { readonly kind: "shown"; readonly visible: boolean }
  /** The citizen wants a new conversation, or the old one cannot be resumed. */
  | { readonly kind: "begun_anew"; readonly refusal: string | null }
  /** Another tab opened, or replaced, the conversation. */
  | { readonly kind: "adopted"; readonly conversation: Conversation | null };

export function reduce(state: State, happening: Happening): State {
  switch (happening.kind) {
    case "line":
      return line(state, happening.line);
    case "network":
      return { ...state, online: happening.online };
    case "frame":
      return hear(state, happening.frame, happening.now, happening.jitter);
    case "outbox":
      return { ...state, outbox: happening.outbox };
    case "clock":
      return state.typing !== null && state.typing.until <= happening.now
        ? { ...state, typing: null }
        : state;
    case "typed":
      return { ...state, draft: happening.draft, warning: false, refusal: null };
    case "submitted":
      return submit(state, happening.ids, happening.anyway);
    case "warning_closed":
      return { ...state, warning: false };
    case "topic":
      return { ...state, topic: happening.topic };
    case "language":
      return { ...state, language: happening.language };
    case "end_asked":
      return { ...state, askingToEnd: true };
    case "end_cancelled":
      return { ...state, askingToEnd: false };
    case "end_confirmed":
      return end(state, happening.id);
    case "refusal_dismissed":
      return { ...state, refusal: null };
    case "emergency_closed":
      return { ...state, emergency: null };
    case "shown":
      return { ...state, visible: happening.visible, unread: happening.visible ? 0 : state.unread };
    case "begun_anew":
      return { ...forget(state), refusal: happening.refusal };
    case "adopted":
      if (happening.conversation?.id === state.conversation?.id) return state;
      return { ...forget(state), conversation: happening.conversation };
    default:
      return onForm(state, happening);
  }
}

/** Connecting says nothing by itself: it is the way back from a broken line, and the first step. */
function line(state: State, line: LineState): State {
  const broken = line === "lost" || (line === "connecting" && state.broken);
  return { ...state, line, broken };
}

function submit(state: State, ids: NewIds, anyway: boolean): State {
  const text = state.draft;
  const code = checkText(text);
  if (code === "text_blank") return state;
  if (code !== null) return { ...state, refusal: code };
  if (phaseOf(state) === "closed") return state;
  if (!anyway && findNationalIds(text).length > 0) return { ...state, warning: true };
  const said = say(state, text, ids);
  // Nobody comes before it opens: the citizen is asked at once how to be answered.
  const alone = state.conversation === null && presenceOf(state) === "shut";
  return alone ? openForm(said, "written") : said;
}

function end(state: State, id: string): State {
  if (state.conversation === null || phaseOf(state) === "closed") return state;
  return {
    ...state,
    askingToEnd: false,
    refusal: null,
    outbox: enqueue(state.outbox, state.conversation.id, { type: "end", id }),
  };
}
