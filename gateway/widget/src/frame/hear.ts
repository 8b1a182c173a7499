/** What each frame from the server changes. */
import {
  markAccepted,
  merge,
  receive,
  reconnected,
  refuse,
  resolve,
  watermark,
  type SAccepted,
  type ServerFrame,
  type SRefused,
  type SStatus,
  type StreamStep,
  type SWelcome,
  type WireEvent,
} from "@prek/wire";
import { afterwardsRefused, isAfterwards, settleAfterwards } from "./afterwards";
import { forget } from "./forget";
import { failUpload, shownUploads } from "./files";
import { writtenRefused } from "./forms";
import { isHeard, isWritten, type State } from "./state";

/** How long "is typing" is shown after the last sign of it, in ms. */
export const TYPING_MS = 5_000;

export function hear(state: State, frame: ServerFrame, now: number, jitter: number): State {
  switch (frame.type) {
    case "welcome":
      return welcome(state, frame);
    case "accepted":
      return accepted(state, frame);
    case "event":
      return absorb(state, receive(state.stream, frame.event), [frame.event]);
    case "events":
      return absorb(state, merge(state.stream, frame.events, frame.last_seq), frame.events);
    case "heartbeat":
      if (state.conversation?.opened !== true) return state;
      return absorb(state, watermark(state.stream, frame.last_seq), []);
    case "status":
      return setStatus(state, frame);
    case "position": {
      const { type: _, ...place } = frame;
      return { ...state, place };
    }
    case "availability": {
      const { type: _, ...availability } = frame;
      return { ...state, availability };
    }
    case "emergency":
      return { ...state, emergency: frame.alarm };
    case "seen":
      return { ...state, read: Math.max(state.read, frame.seq) };
    case "typing":
      return { ...state, typing: { author: frame.author, until: now + TYPING_MS } };
    case "refused":
      return refused(state, frame, now, jitter);
    default:
      // A newer server's frame: nothing this version shows.
      return state;
  }
}

function welcome(state: State, frame: SWelcome): State {
  const { title, name, languages, topics, departments, staffed, files, look, privacy } = frame;
  // What the municipality does not offer is not kept to; the page asked for it, or the last visit.
  const offered = state.language !== "se" || languages.includes("se");
  const set: State = {
    ...state,
    setup: { title, name, languages, topics, departments, staffed, files, look, privacy },
    language: offered ? state.language : "nb",
    availability: frame.availability ?? null,
    outbox: reconnected(state.outbox),
    fatal: false,
    typing: null,
  };
  if (frame.conversation === null || frame.conversation !== state.conversation?.id) return set;
  const step = merge(set.stream, frame.events, frame.last_seq);
  // A full page of old events may come in an answer that says there is more.
  const caught = absorb(set, step, frame.events);
  return frame.status === null ? caught : setStatus(caught, frame.status);
}

function accepted(state: State, frame: SAccepted): State {
  // A door from before the kinds were told says only how many.
  const kinds = frame.kinds ?? [];
  const masked =
    frame.masked > 0 ? new Map([...state.masked, [frame.id, kinds] as const]) : state.masked;
  const outbox = markAccepted(state.outbox, frame.id);
  return settle({ ...state, outbox, masked, busy: false });
}

/**
 * How a written question is answered, or what somebody has in hand, has no event of the dialogue:
 * it is done once the broker has it and the status says so.
 */
function settle(state: State): State {
  const { status } = state;
  if (status === null || (!isWritten(state) && status.state !== "active")) return state;
  const done = state.outbox.entries.filter(
    ({ action, state: sent }) =>
      action.type === "ask_written" &&
      sent === "accepted" &&
      action.answer_by === (status.answer_by ?? null),
  );
  if (done.length === 0) return state;
  return {
    ...state,
    outbox: done.reduce((box, { action }) => resolve(box, action.id), state.outbox),
  };
}

/** Take a step of the stream: show what may be shown, and tick off what was ours. */
function absorb(state: State, step: StreamStep<WireEvent>, came: readonly WireEvent[]): State {
  const { last } = step.state;
  // An event that repeats an old one answers an action too: it was sent again, and had happened.
  const known = [...step.applied, ...came.filter(({ seq }) => seq <= last)];
  const outbox = known.reduce((box, { id }) => resolve(box, id), state.outbox);
  const heard = step.applied.filter(isHeard);
  const seen = state.visible ? Math.max(state.seen, last) : state.seen;
  return {
    ...state,
    stream: step.state,
    events: step.applied.length > 0 ? [...state.events, ...step.applied] : state.events,
    outbox,
    uploads: shownUploads(state.uploads, new Set(known.map(({ id }) => id))),
    conversation:
      state.conversation !== null && step.state.last > 0
        ? { ...state.conversation, opened: true }
        : state.conversation,
    typing: heard.length > 0 ? null : state.typing,
    busy: known.length > 0 ? false : state.busy,
    seen,
    unread: state.visible ? 0 : state.unread + heard.filter(({ seq }) => seq > seen).length,
    question: step.syncAfter === null ? state.question : { after: step.syncAfter },
  };
}

function setStatus(state: State, status: SStatus): State {
  if (state.status !== null && status.version < state.status.version) return state;
  const inLine = status.state === "waiting" || status.state === "offered";
  // What was told once, and to this socket alone, is not lost by a later status without it.
  const token = status.token ?? state.status?.token ?? null;
  const secret = status.receipt_secret ?? state.status?.receipt_secret ?? null;
  const answered =
    status.state === "closed" || (status.state === "active" && state.status?.state !== "active");
  // Said otherwise, or no longer asked: there is nothing left to answer.
  const here = status.nudged_at
    ? []
    : state.outbox.entries.filter(({ action }) => action.type === "here");
  return settle({
    ...state,
    outbox: settleAfterwards(
      here.reduce((box, { action }) => resolve(box, action.id), state.outbox),
      status,
    ),
    status: { ...status, token, receipt_secret: secret },
    place: inLine ? state.place : null,
    typing: status.state === "active" ? state.typing : null,
    form: answered ? null : state.form,
  });
}

const HOPELESS = new Set(["unknown_tenant", "origin_not_allowed"]);

function refused(state: State, frame: SRefused, now: number, jitter: number): State {
  if (frame.id === null) return HOPELESS.has(frame.code) ? { ...state, fatal: true } : state;
  const { outbox, dropped } = refuse(
    state.outbox,
    frame.id,
    { code: frame.code, retryAfterS: frame.retry_after_s },
    now,
    jitter,
  );
  if (dropped === null) return { ...state, outbox, busy: true };
  // Ending what has ended is no failure.
  if (dropped.action.type === "end" && frame.code === "closed") return { ...state, outbox };
  if (dropped.action.type === "ask_written") {
    return writtenRefused({ ...state, outbox }, dropped.action, frame.code);
  }
  if (isAfterwards(dropped.action)) {
    return afterwardsRefused({ ...state, outbox }, dropped.action, frame.code);
  }
  // Whoever was asked whether they are there has said so otherwise, or it is over.
  if (dropped.action.type === "here") return { ...state, outbox };
  if (dropped.action.type === "send_file") {
    return failUpload({ ...state, outbox }, dropped.action.id, frame.code);
  }
  // What was to follow in it cannot: its words go back to the field, under the first reason.
  if (dropped.action.type === "open") return { ...forget(state), refusal: frame.code };
  const text = dropped.action.type === "send" ? dropped.action.text : "";
  return {
    ...state,
    outbox,
    refusal: frame.code,
    draft: [text, state.draft].filter((part) => part !== "").join("\n"),
  };
}
