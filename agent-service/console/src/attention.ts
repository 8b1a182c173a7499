/** What calls an agent who looks elsewhere: the tab's title, the sound, the system's notice. */
import type { Summary } from "@prek/wire";
import { offersToMe, ownConversations } from "./board";
import type { State } from "./model";
import { owedByMe } from "./nudges";
import type { Key } from "./texts";
import { unread } from "./threads";

/** Something that may be new since the last look. */
export interface News {
  readonly id: string;
  readonly words: string;
}

/** What was not there at the last look; said once, however often the screen is drawn. */
export function freshNews(items: readonly News[], known: ReadonlySet<string>): readonly News[] {
  return items.filter(({ id }) => !known.has(id));
}

/** The offers to this agent that can be called out: each by its own id, so that none is passed over. */
export function offersCalled(state: State): readonly (Summary & { offer: NonNullable<Summary["offer"]> })[] {
  return offersToMe(state.board).flatMap((summary) =>
    summary.offer === null ? [] : [{ ...summary, offer: summary.offer }],
  );
}

/** The system's notice is for who does not have the desk in view, and has allowed it. */
export function mayNotify(permission: NotificationPermission | null, hidden: boolean): boolean {
  return permission === "granted" && hidden;
}

export interface Title {
  /** Unread in own conversations. */
  readonly count: number;
  /** A sign before the name, for a tab so narrow that no more of it is seen. */
  readonly sign: "" | "● " | "! ";
  readonly name: Key;
}

/** What the tab's title says: an offer before a reply that is owed, and both before the house. */
export function titleOf(state: State, now: number): Title {
  const own = ownConversations(state.board);
  const count = own.reduce((sum, { conversation }) => sum + unread(state.threads[conversation]), 0);
  if (offersToMe(state.board).length > 0) return { count, sign: "● ", name: "offer_title" };
  if (owedByMe(state, now).length > 0) return { count, sign: "! ", name: "first_reply_title" };
  return { count, sign: "", name: "app_name" };
}
