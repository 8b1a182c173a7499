/** Words and files to be sent, with the opening of the conversation when they come first. */
import { enqueue, type Outbox } from "@prek/wire";
import { sendFiles } from "./files";
import type { CitizenAction, Conversation, State } from "./state";

/** Ids are made by the shell: a reducer draws no chance. */
export interface NewIds {
  readonly conversation: string;
  readonly open: string;
  readonly send: string;
}

/** Send a text that has been found good, or none, and what was chosen; the field is empty then. */
export function say(state: State, text: string | null, ids: NewIds): State {
  const { conversation, outbox } = opened(state, text, ids);
  const { id } = conversation;
  const seen = state.stream.last;
  const said =
    text === null ? outbox : enqueue(outbox, id, { type: "send", id: ids.send, text, seen });
  return {
    ...state,
    conversation,
    ...sendFiles(state, id, said),
    draft: text === null ? state.draft : "",
    warning: false,
    refusal: null,
  };
}

/** The first text or file opens the conversation: there is no form before it. */
function opened(
  state: State,
  words: string | null,
  ids: NewIds,
): { conversation: Conversation; outbox: Outbox<CitizenAction> } {
  if (state.conversation !== null) {
    return { conversation: state.conversation, outbox: state.outbox };
  }
  const conversation = { id: ids.conversation, opened: false };
  const outbox = enqueue(state.outbox, conversation.id, {
    type: "open",
    id: ids.open,
    conversation: conversation.id,
    topic: state.topic,
    language: state.language,
    words,
    follows: state.former,
  });
  return { conversation, outbox };
}
