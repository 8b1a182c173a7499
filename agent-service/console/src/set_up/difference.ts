/** What differs between two values of a property, entry by entry, for people to read. */
import type { Span } from "@prek/wire";
import { WEEKDAYS } from "./checking-hours";
import { byId, same } from "./document";

/** One leaf that differs, and the way to it: `timing › offer_s`. Undefined: not there. */
export interface Leaf {
  readonly path: readonly string[];
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export type Entry =
  | { readonly kind: "added" | "removed"; readonly id: string; readonly value: unknown }
  | { readonly kind: "changed"; readonly id: string; readonly leaves: readonly Leaf[] }
  /** The same entries in another order. */
  | { readonly kind: "order"; readonly id: "" };

/** Entries that were added, removed or changed; one nameless entry for what is no list. */
export function difference(before: unknown, after: unknown): Entry[] {
  if (same(before, after)) return [];
  const [was, is] = [byId(before), byId(after)];
  if (was === null || is === null)
    return [{ kind: "changed", id: "", leaves: leaves(before, after) }];
  const found: Entry[] = [];
  for (const [id, value] of is) if (!was.has(id)) found.push({ kind: "added", id, value });
  for (const [id, value] of was) {
    if (!is.has(id)) found.push({ kind: "removed", id, value });
    else if (!same(value, is.get(id))) {
      found.push({ kind: "changed", id, leaves: leaves(value, is.get(id)) });
    }
  }
  return found.length > 0 ? found : [{ kind: "order", id: "" }];
}

/** The leaves that differ below two values. */
export function leaves(before: unknown, after: unknown, path: readonly string[] = []): Leaf[] {
  if (same(before, after)) return [];
  if (!isBranch(before) && !isBranch(after)) {
    return [{ path, before: written(before), after: written(after) }];
  }
  const [was, is] = [branches(before), branches(after)];
  // Nothing turned into an empty branch, or back: there is no leaf below that would say so.
  if (was.size + is.size === 0) return [{ path, before: written(before), after: written(after) }];
  return inOrder(new Set([...was.keys(), ...is.keys()])).flatMap((key) =>
    leaves(was.get(key), is.get(key), [...path, key]),
  );
}

/** A week begins on Monday, in whichever order it was written. */
function inOrder(keys: ReadonlySet<string>): string[] {
  const days: readonly string[] = WEEKDAYS;
  const all = [...keys];
  return all.every((key) => days.includes(key)) ? days.filter((day) => keys.has(day)) : all;
}

function isBranch(value: unknown): value is object {
  // A list of words is read as one line.
  // Nor are the hours of a day more than that.
  if (Array.isArray(value)) return value.some((each) => typeof each === "object" && !isSpan(each));
  return typeof value === "object" && value !== null;
}

/** What hangs below a value: by its key, its date, its id, or its place in the list. */
function branches(value: unknown): Map<string, unknown> {
  if (Array.isArray(value))
    return byId(value) ?? new Map(value.map((each, at) => [String(at + 1), each]));
  return new Map(isBranch(value) ? Object.entries(value) : []);
}

function isSpan(value: unknown): value is Span {
  return typeof value === "object" && value !== null && "opens" in value && "closes" in value;
}

function oneOf(value: unknown): string {
  return isSpan(value) ? `${value.opens}–${value.closes}` : String(value);
}

function written(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.map(oneOf).join(", ");
  if (value === null) return "–";
  return typeof value === "object" ? "" : String(value);
}
