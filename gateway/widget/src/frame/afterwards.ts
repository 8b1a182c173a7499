/** What the citizen may do once it has ended: say whether it helped, keep it, or be forgotten. */
import {
  enqueue,
  resolve,
  type CForget,
  type CMailCopy,
  type CRate,
  type Outbox,
  type SStatus,
} from "@prek/wire";
import { initialState, phaseOf, type CitizenAction, type State } from "./state";

export type Rating = CRate["rating"];
export type Afterwards = CRate | CMailCopy | CForget;
/** Codes of what was refused, by what was asked for; gone when it is asked for again. */
export type Troubles = Readonly<Partial<Record<Afterwards["type"], string>>>;

/** What this browser kept is gone. */
export interface Forgotten {
  readonly conversation: string;
  /** It was opened by a receipt: this tab knew it, and the browser did not. */
  readonly byReceipt: boolean;
  /** The municipality has the wish. */
  readonly told: boolean;
  /** Another tab did it, and has emptied what they share. */
  readonly elsewhere: boolean;
}

/** What one tab tells the others. */
export type ToldOfForgetting = Pick<Forgotten, "conversation" | "told">;

export type AfterwardsHappening =
  | {
      readonly kind: "rated";
      readonly id: string;
      readonly rating: Rating;
      readonly comment: string | null;
    }
  | { readonly kind: "copy_asked"; readonly id: string; readonly contact: string }
  | { readonly kind: "forget_asked"; readonly id: string }
  /** Forget it here, whether the municipality has been told or not. */
  | { readonly kind: "forgotten_here" }
  | ({ readonly kind: "forgotten_elsewhere" } & ToldOfForgetting)
  | { readonly kind: "forgotten_read" };

export function onAfterwards(state: State, happening: AfterwardsHappening): State {
  switch (happening.kind) {
    case "rated": {
      const { id, rating, comment } = happening;
      return ask(state, { type: "rate", id, rating, comment });
    }
    case "copy_asked":
      return ask(state, { type: "mail_copy", id: happening.id, contact: happening.contact });
    case "forget_asked":
      return isForgetting(state) ? state : ask(state, { type: "forget", id: happening.id });
    case "forgotten_here":
      return wipe(state, hasAskedToForget(state), false);
    case "forgotten_elsewhere":
      if (state.conversation?.id === happening.conversation) {
        return wipe(state, happening.told, true);
      }
      return state.former === happening.conversation ? { ...state, former: null } : state;
    case "forgotten_read":
      return { ...state, forgotten: null };
  }
}

function ask(state: State, action: Afterwards): State {
  if (state.conversation === null || phaseOf(state) !== "closed") return state;
  return {
    ...state,
    outbox: enqueue(state.outbox, state.conversation.id, action),
    troubles: { ...state.troubles, [action.type]: undefined },
  };
}

/** Nothing of a conversation is left, nor of anything before it; the language and the like stay. */
function wipe(state: State, told: boolean, elsewhere: boolean): State {
  const { conversation } = state;
  if (conversation === null) return state;
  const { language, ownLanguage, line, broken, online, setup, availability } = state;
  const { visible, sound, notify, former } = state;
  const byReceipt = conversation.byReceipt === true;
  return initialState({
    ...{ language, ownLanguage, line, broken, online, setup, availability },
    ...{ visible, sound, notify },
    former: byReceipt ? former : null,
    forgotten: { conversation: conversation.id, byReceipt, told, elsewhere },
  });
}

/** After each frame: once the ledger has the wish, this browser forgets. */
export function forgetIfHeard(before: State, after: State): State {
  const heard = isForgetting(before) && !isForgetting(after) && after.troubles.forget === undefined;
  return heard ? wipe(after, true, false) : after;
}

function pendingOf<T extends Afterwards["type"]>({ outbox }: State, type: T) {
  const found = outbox.entries.findLast(({ action }) => action.type === type);
  return (found?.action ?? null) as Extract<Afterwards, { type: T }> | null;
}

/** What was said last, here or in another tab; null: nothing yet. */
export function ratingOf(state: State): Rating | null {
  return pendingOf(state, "rate")?.rating ?? state.status?.rating ?? null;
}

/** Whether something was said to the rating, or is being said. */
export function hasCommented(state: State): boolean {
  const said = state.events.some(({ body }) => body.kind === "rated" && body.comment !== null);
  return said || (pendingOf(state, "rate")?.comment ?? null) !== null;
}

export function isMailing(state: State): boolean {
  return pendingOf(state, "mail_copy") !== null;
}

/** How often the link has been sent for. */
export function mailedOf({ events }: State): number {
  return events.filter(({ body }) => body.kind === "copy_mailed").length;
}

export function isForgetting(state: State): boolean {
  return pendingOf(state, "forget") !== null;
}

export function hasAskedToForget({ status, events }: State): boolean {
  const told = (status?.forget_asked_at ?? null) !== null;
  return told || events.some(({ body }) => body.kind === "forget_asked");
}

/** What a status says has been done needs no event any more. */
export function settleAfterwards(
  outbox: Outbox<CitizenAction>,
  status: SStatus,
): Outbox<CitizenAction> {
  if ((status.forget_asked_at ?? null) === null) return outbox;
  const done = outbox.entries.filter(({ action }) => action.type === "forget");
  return done.reduce((box, { action }) => resolve(box, action.id), outbox);
}

export function isAfterwards(action: CitizenAction): action is Afterwards {
  return action.type === "rate" || action.type === "mail_copy" || action.type === "forget";
}

/** It is said where it was asked for; what was written there is there still. */
export function afterwardsRefused(state: State, action: Afterwards, code: string): State {
  // What the municipality no longer has need not be forgotten by it.
  if (action.type === "forget" && code === "not_found") return state;
  return { ...state, troubles: { ...state.troubles, [action.type]: code } };
}
