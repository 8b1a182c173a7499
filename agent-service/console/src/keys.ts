/** The keys of the desk: one table, for the listener and for the sheet that shows them. */
import type { Key } from "./texts";

export type Command =
  | "accept"
  | "decline"
  | "next"
  | "previous"
  | "unread"
  | "reply"
  | "replies"
  | "note"
  | "handover"
  | "consult"
  | "later"
  | "nudge"
  | "close"
  | "topic"
  | "why"
  | "alarm"
  | "block"
  | "sheet";

export interface Shortcut {
  /** `KeyboardEvent.code`: the place on the keyboard, so that Alt on a Mac does not change it. */
  readonly code: string;
  /** What is printed on the key. */
  readonly cap: string;
  readonly command: Command;
  readonly label: Key;
}

/**
 * Always with Alt and Shift: single keys are in the way of speech input (WCAG 2.1.4), Ctrl belongs
 * to the browser, and Ctrl with Alt is AltGr on Norwegian keyboards.
 */
export const SHORTCUTS: readonly Shortcut[] = [
  { code: "KeyA", cap: "A", command: "accept", label: "key_accept" },
  { code: "KeyD", cap: "D", command: "decline", label: "key_decline" },
  { code: "ArrowDown", cap: "↓", command: "next", label: "key_next" },
  { code: "ArrowUp", cap: "↑", command: "previous", label: "key_previous" },
  { code: "KeyU", cap: "U", command: "unread", label: "key_unread" },
  { code: "KeyR", cap: "R", command: "reply", label: "key_reply" },
  { code: "KeyF", cap: "F", command: "replies", label: "key_replies" },
  { code: "KeyN", cap: "N", command: "note", label: "key_note" },
  { code: "KeyH", cap: "H", command: "handover", label: "key_handover" },
  { code: "KeyC", cap: "C", command: "consult", label: "key_consult" },
  { code: "KeyL", cap: "L", command: "later", label: "key_later" },
  { code: "KeyT", cap: "T", command: "nudge", label: "key_nudge" },
  { code: "KeyE", cap: "E", command: "close", label: "key_close" },
  { code: "KeyS", cap: "S", command: "topic", label: "key_topic" },
  { code: "KeyW", cap: "W", command: "why", label: "key_why" },
  { code: "KeyX", cap: "X", command: "alarm", label: "key_alarm" },
  { code: "KeyP", cap: "P", command: "block", label: "key_block" },
  { code: "KeyK", cap: "K", command: "sheet", label: "key_sheet" },
];

/** What is needed of a `KeyboardEvent`. */
export interface Pressed {
  readonly code: string;
  readonly key: string;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/**
 * The command of a key, or null.
 *
 * `typing`: the key goes into a field. `single`: the agent has left `?` on, the only single key;
 * it can be turned off, as WCAG 2.1.4 asks.
 */
export function commandOf(
  pressed: Pressed,
  { typing, single }: { readonly typing: boolean; readonly single: boolean },
): Command | null {
  if (pressed.ctrlKey || pressed.metaKey) return null;
  if (pressed.altKey && pressed.shiftKey) {
    return SHORTCUTS.find(({ code }) => code === pressed.code)?.command ?? null;
  }
  return pressed.key === "?" && !pressed.altKey && single && !typing ? "sheet" : null;
}

/** For `aria-keyshortcuts`. */
export function ariaKeys(command: Command): string {
  const code = SHORTCUTS.find((shortcut) => shortcut.command === command)?.code ?? "";
  return `Alt+Shift+${code.replace(/^Key/, "")}`;
}
