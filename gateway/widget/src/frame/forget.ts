/** Leaving a conversation behind. */
import { dropLane, startStream } from "@prek/wire";
import type { State } from "./state";

/** Back to before the first text. What was written and not committed returns to the field. */
export function forget(state: State): State {
  const unsent = state.outbox.entries.flatMap(({ action }) =>
    action.type === "send" ? [action.text] : [],
  );
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
    outbox: conversation === null ? state.outbox : dropLane(state.outbox, conversation.id),
    status: null,
    place: null,
    typing: null,
    draft: [...unsent, state.draft].filter((text) => text !== "").join("\n"),
    form: null,
    askingToEnd: false,
    masked: new Set(),
    unread: 0,
    question: null,
  };
}
