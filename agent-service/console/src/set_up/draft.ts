/** The draft of a set-up: pure steps from what is in force, back and forth, until it is sent. */
import { PROPERTIES, type Property, same, type SetUp } from "./document";

export interface Draft {
  /** What it was made from: its version goes with it when it is sent. */
  readonly base: SetUp;
  readonly now: SetUp;
  readonly past: readonly SetUp[];
  readonly future: readonly SetUp[];
  /** Which field the last step was in: typing a word is one step, not one a letter. */
  readonly at: string;
}

export type Step =
  | { readonly type: "edit"; readonly at: string; readonly next: SetUp }
  | { readonly type: "undo" }
  | { readonly type: "redo" }
  | { readonly type: "discard" }
  /** It is in force now, or another is: begin again from there, with `next` as the draft. */
  | { readonly type: "rebase"; readonly base: SetUp; readonly next: SetUp };

/** As many steps as can be gone back. */
const KEPT_STEPS = 200;

export function begin(base: SetUp): Draft {
  return { base, now: base, past: [], future: [], at: "" };
}

export function step(draft: Draft, action: Step): Draft {
  const { base, now, past, future } = draft;
  switch (action.type) {
    case "edit": {
      if (same(action.next, now)) return draft;
      const on = action.at !== "" && action.at === draft.at && past.length > 0;
      const steps = on ? past : [...past.slice(1 - KEPT_STEPS), now];
      return { base, now: action.next, past: steps, future: [], at: action.at };
    }
    case "undo": {
      const before = past.at(-1);
      if (before === undefined) return draft;
      return { base, now: before, past: past.slice(0, -1), future: [now, ...future], at: "" };
    }
    case "redo": {
      const [after, ...rest] = future;
      if (after === undefined) return draft;
      return { base, now: after, past: [...past, now], future: rest, at: "" };
    }
    case "discard":
      return step(draft, { type: "edit", at: "", next: base });
    case "rebase":
      return { ...begin(action.base), now: action.next };
  }
}

/** What was before and after, for each property that differs; as the books have it. */
export type Changes = Partial<
  Record<Property, { readonly before: unknown; readonly after: unknown }>
>;

export function changesOf(before: SetUp, after: SetUp): Changes {
  const found: Changes = {};
  for (const name of PROPERTIES) {
    if (!same(before[name], after[name]))
      found[name] = { before: before[name], after: after[name] };
  }
  return found;
}

export function changed(changes: Changes): Property[] {
  return PROPERTIES.filter((name) => changes[name] !== undefined);
}

/** The document with some properties replaced. */
export function withValues(setUp: SetUp, values: Partial<Record<Property, unknown>>): SetUp {
  return { ...setUp, ...values } as SetUp;
}
