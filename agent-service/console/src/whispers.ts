/** What a leader whispers to the owner: shown until it is put away, and over a reload. */
import type { Summary, WireEvent } from "@prek/wire";
import { isOwned, ownConversations } from "./board";
import type { State, Thread } from "./model";
import { eventsOf } from "./threads";

/** A leader's word to whoever has the conversation. */
export interface Whisper {
  readonly id: string;
  readonly by: string;
  readonly text: string;
}

/** Whether it was said to the owner alone. */
export function isWhisper({ body }: WireEvent): boolean {
  return body.kind === "note" && body.whisper;
}

/** What others have whispered to this agent about an own conversation, and was not put away. */
export function whispersTo(state: State, summary: Summary): readonly Whisper[] {
  if (!isOwned(summary, state.board.me)) return [];
  const thread = state.threads[summary.conversation];
  return eventsOf(thread, "desk").flatMap(({ id, mine, author, body }) => {
    if (mine || body.kind !== "note" || !body.whisper) return [];
    return thread?.heard.includes(id) === true ? [] : [{ id, by: author.name, text: body.text }];
  });
}

/** The same for all own conversations. */
export function allWhispers(state: State): { summary: Summary; whisper: Whisper }[] {
  return ownConversations(state.board).flatMap((summary) =>
    whispersTo(state, summary).map((whisper) => ({ summary, whisper })),
  );
}

/** It has been seen and is put away. */
export function markHeard(thread: Thread, whisper: string): Thread {
  if (thread.heard.includes(whisper)) return thread;
  return { ...thread, heard: [...thread.heard, whisper] };
}
