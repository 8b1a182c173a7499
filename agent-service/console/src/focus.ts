/** Where the keyboard goes next: asked for by an action, done when the field is there. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

export type Field = "message" | "note" | "topic" | "outcome";

let wanted: { readonly field: Field; readonly conversation: string } | null = null;

/** Ask for a field. It may come only later: an accepted offer is not ours before the ledger says so. */
export function wantFocus(field: Field, conversation: string): void {
  wanted = { field, conversation };
  // It may be on screen already, and nothing be drawn again.
  document.querySelector<HTMLElement>(`#${field}[data-conversation="${conversation}"]`)?.focus();
}

/** Give the keyboard to a field that was asked for. */
export function useWantedFocus(
  ref: RefObject<HTMLElement | null>,
  field: Field,
  conversation: string,
): void {
  useEffect(() => {
    if (wanted?.field !== field || wanted.conversation !== conversation) return;
    wanted = null;
    ref.current?.focus();
  });
}
