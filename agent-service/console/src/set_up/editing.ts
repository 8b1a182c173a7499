/** What every page of the set-up is given: the draft, how it is changed, and the words. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Key, Language, Params } from "../texts";
import type { Problem } from "./checking";
import type { Part, Property, SetUp } from "./document";
import type { Draft } from "./draft";

/** Where a field stands: on which page, in which entry of it. */
export interface Spot {
  readonly part: Part;
  readonly entry: string;
  readonly field: string;
}

export interface Editing {
  readonly draft: Draft;
  /** The draft as it stands. */
  readonly now: SetUp;
  /** Replace a property; `at` names the field, so that typing a word is one step. */
  readonly put: <P extends Property>(property: P, value: SetUp[P], at?: string) => void;
  /** Replace the whole document. */
  readonly edit: (next: SetUp, at?: string) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly discard: () => void;
  readonly problems: readonly Problem[];
  /** Whether also fields that nobody has been in say what is wrong with them. */
  readonly strict: boolean;
  readonly beStrict: () => void;
  /** The entry that is open on each page. */
  readonly opened: Readonly<Partial<Record<Part, string>>>;
  readonly open: (part: Part, entry: string | null) => void;
  /** Go to a field, wherever it is. */
  readonly goTo: (spot: Spot) => void;
  readonly t: (key: Key, params?: Params) => string;
  readonly language: Language;
  /** The name of a department, a topic or an agent of the draft. */
  readonly departmentName: (id: string) => string;
  readonly topicName: (id: string) => string;
  readonly skillName: (id: string) => string;
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (editing === null) throw new Error("outside of the set-up");
  return editing;
}

/** Which page and entry the fields below are of. */
export const SpotContext = createContext<Omit<Spot, "field">>({ part: "departments", entry: "" });

/** The id of a field in the page. */
export function fieldId({ part, entry, field }: Spot): string {
  return `su-${part}-${entry}-${field}`.replace(/[^a-z0-9_-]/gi, "_");
}
