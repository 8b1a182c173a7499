/** Leaving a conversation behind. */
import { dropLane, startStream } from "@prek/wire";
import type { State } from "./state";

/** Back to before the first text. What was not committed returns to the field, files as well. */
export function forget(state: State): State {
  const unsent = state.outbox.entries.flatMap(({ action }) =>
    action.type === "send" ? [action.text] : [],
  );
  const waiting = state.uploads
    .filter(({ stage }) => stage !== "failed")
    .map(({ id, name, size, type }) => ({ id, name, size, type, wrong: null }));
  const { conversation } = state;
  // One that was opened by a receipt belongs to another secret, and cannot be followed by this one.
  const followed = conversation?.opened === true && conversation.byReceipt !== true;
  return {
    ...state,
    conversation: null,
    former: followed ? conversation.id : state.former,
    topic: null,
    stream: startStream(),
    events: [],
    read: 0,
    outbox: conversation === null ? state.outbox : dropLane(state.outbox, conversation.id),
    status: null,
    place: null,
    typing: null,
    draft: [...unsent, state.draft].filter((text) => text !== "").join("\n"),
    chosen: [...waiting, ...state.chosen],
    uploads: [],
    form: null,
    askingToEnd: false,
    troubles: {},
    forgotten: null,
    masked: new Map(),
    seen: 0,
    unread: 0,
    question: null,
  };
}
