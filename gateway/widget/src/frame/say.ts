/** Words that are to be sent, with the opening of the conversation when they are the first. */
import { enqueue, type Outbox } from "@prek/wire";
import type { CitizenAction, Conversation, State } from "./state";

/** Ids are made by the shell: a reducer draws no chance. */
export interface NewIds {
  readonly conversation: string;
  readonly open: string;
  readonly send: string;
}

/** Send a text that has been found good; the field is empty afterwards. */
export function say(state: State, text: string, ids: NewIds): State {
  const { conversation, outbox } = opened(state, text, ids);
  return {
    ...state,
    conversation,
    outbox: enqueue(outbox, conversation.id, {
      type: "send",
      id: ids.send,
      text,
      seen: state.stream.last,
    }),
    draft: "",
    warning: false,
    refusal: null,
  };
}

/** The first text opens the conversation: there is no form before it. */
function opened(
  state: State,
  words: string,
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
