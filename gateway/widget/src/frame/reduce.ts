/** `(state, event) -> state`: everything the frame does, beside a thin shell. */
import {
  checkText,
  enqueue,
  findNumbers,
  type LineState,
  type Outbox,
  type ServerFrame,
} from "@prek/wire";
import type { Language } from "../texts/catalogue";
import { forgetIfHeard, onAfterwards, type AfterwardsHappening } from "./afterwards";
import { forget } from "./forget";
import { goodOf, onFile, type FileHappening } from "./files";
import { onForm, openForm, type FormHappening } from "./forms";
import { hear } from "./hear";
import type { NotifyState } from "./host";
import { say, type NewIds } from "./say";
import {
  isHeard,
  isNudged,
  phaseOf,
  presenceOf,
  type CitizenAction,
  type Conversation,
  type State,
} from "./state";

export type Happening =
  | FormHappening
  | FileHappening
  | AfterwardsHappening
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
  /** The page round the window is in another language now. */
  | { readonly kind: "page_language"; readonly language: Language }
  | { readonly kind: "end_asked" }
  | { readonly kind: "end_cancelled" }
  | { readonly kind: "end_confirmed"; readonly id: string }
  | { readonly kind: "refusal_dismissed" }
  | { readonly kind: "emergency_closed" }
  | { readonly kind: "shown"; readonly visible: boolean }
  /** Another tab has shown so much of it. */
  | { readonly kind: "seen"; readonly seq: number }
  | { readonly kind: "nudge_answered"; readonly id: string }
  | { readonly kind: "sound"; readonly on: boolean }
  | { readonly kind: "notify"; readonly state: NotifyState }
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
      return forgetIfHeard(state, hear(state, happening.frame, happening.now, happening.jitter));
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
      return { ...state, language: happening.language, ownLanguage: true };
    case "page_language":
      return state.ownLanguage ? state : { ...state, language: happening.language };
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
      return shown(state, happening.visible);
    case "seen":
      return see(state, happening.seq);
    case "nudge_answered":
      return answerNudge(state, happening.id);
    case "sound":
      return { ...state, sound: happening.on };
    case "notify":
      return { ...state, notify: happening.state };
    case "files_chosen":
    case "file_unchosen":
    case "upload_began":
    case "upload_went":
    case "upload_stored":
    case "upload_postponed":
    case "upload_failed":
    case "upload_retried":
    case "upload_dropped":
      return onFile(state, happening);
    case "rated":
    case "copy_asked":
    case "forget_asked":
    case "forgotten_here":
    case "forgotten_elsewhere":
    case "forgotten_read":
      return onAfterwards(state, happening);
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
  const blank = code === "text_blank";
  if (blank && goodOf(state.chosen).length === 0) {
    // A field that is quite empty was not meant to be sent.
    return text === "" ? state : { ...state, refusal: code };
  }
  if (code !== null && !blank) return { ...state, refusal: code };
  if (phaseOf(state) === "closed") return state;
  if (!anyway && findNumbers(text).length > 0) return { ...state, warning: true };
  const said = say(state, blank ? null : text, ids);
  // Nobody comes before it opens: the citizen is asked at once how to be answered.
  const alone = state.conversation === null && presenceOf(state) === "shut";
  return alone ? openForm(said, "written") : said;
}

function shown(state: State, visible: boolean): State {
  const now = { ...state, visible };
  return visible ? see(now, state.stream.last) : now;
}

/** What has been seen is not unread, whichever tab it was seen in. */
function see(state: State, seq: number): State {
  const seen = Math.max(state.seen, seq);
  const unread = state.events.filter((event) => isHeard(event) && event.seq > seen).length;
  return { ...state, seen, unread };
}

function answerNudge(state: State, id: string): State {
  if (state.conversation === null || !isNudged(state)) return state;
  const outbox = enqueue(state.outbox, state.conversation.id, { type: "here", id });
  return { ...state, outbox };
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
