/** Own changes, entry by entry: what is kept over a reload, and put upon what others have changed. */
import { byId, PROPERTIES, type Property, same, type SetUp } from "./document";
import { withValues } from "./draft";

/** What was before and after. Undefined: it was not there, or is not any more. */
interface Change {
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A change of a whole property, or of some entries of a list. */
type Delta = { readonly whole: Change } | { readonly entries: Readonly<Record<string, Change>> };

export type Own = Partial<Record<Property, Delta>>;

export function ownOf(base: SetUp, now: SetUp): Own {
  const found: Own = {};
  for (const name of PROPERTIES) {
    if (!same(base[name], now[name])) found[name] = deltaOf(base[name], now[name]);
  }
  return found;
}

export function isEmpty(own: Own): boolean {
  return PROPERTIES.every((name) => own[name] === undefined);
}

/** By entries where that says all of it: a list in another order is a change of the whole. */
function deltaOf(before: unknown, after: unknown): Delta {
  const [was, is] = [byId(before), byId(after)];
  if (was === null || is === null) return { whole: { before, after } };
  const entries: Record<string, Change> = {};
  for (const id of new Set([...was.keys(), ...is.keys()])) {
    const change = { before: was.get(id), after: is.get(id) };
    if (!same(change.before, change.after)) entries[id] = change;
  }
  const said = withEntries(before as readonly unknown[], entries, Object.keys(entries));
  return same(said, after) ? { entries } : { whole: { before, after } };
}

/** The list with the changes of some of its entries; what is new comes last. */
function withEntries(
  list: readonly unknown[],
  entries: Readonly<Record<string, Change>>,
  ids: readonly string[],
): unknown[] {
  const wanted = new Map(ids.map((id) => [id, entries[id]?.after]));
  const kept = list.flatMap((one) => {
    const { id } = one as { id: string };
    if (!wanted.has(id)) return [one];
    const after = wanted.get(id);
    wanted.delete(id);
    return after === undefined ? [] : [after];
  });
  return [...kept, ...[...wanted.values()].filter((after) => after !== undefined)];
}

export interface Carried {
  readonly next: SetUp;
  /** Changed here and, otherwise, by somebody else: not carried over until it is chosen. */
  readonly both: readonly Property[];
}

/** Put own changes upon what is in force by now. `mine`: where own changes win. */
export function carry(own: Own, current: SetUp, mine: readonly Property[] = []): Carried {
  const values: Partial<Record<Property, unknown>> = {};
  const both: Property[] = [];
  for (const name of PROPERTIES) {
    const delta = own[name];
    if (delta === undefined) continue;
    const { value, clash } = upon(current[name], delta, mine.includes(name));
    values[name] = value;
    if (clash) both.push(name);
  }
  return { next: withValues(current, values), both };
}

function upon(
  current: unknown,
  delta: Delta,
  wins: boolean,
): { readonly value: unknown; readonly clash: boolean } {
  if ("whole" in delta) {
    const clash = clashes(current, delta.whole);
    return { value: clash && !wins ? current : delta.whole.after, clash };
  }
  const there = byId(current) ?? new Map<string, unknown>();
  const ids = Object.keys(delta.entries);
  const clashing = ids.filter((id) => clashes(there.get(id), delta.entries[id] ?? {}));
  const taken = wins ? ids : ids.filter((id) => !clashing.includes(id));
  return {
    value: withEntries([...there.values()], delta.entries, taken),
    clash: clashing.length > 0,
  };
}

function clashes(current: unknown, { before, after }: Change): boolean {
  return !same(current, before) && !same(current, after);
}

export interface Kept {
  readonly version: number;
  readonly own: Own;
}

/** What survives a reload: only what was changed, for ten thousand agents do not fit. */
export function keep(base: SetUp, now: SetUp): string | null {
  const own = ownOf(base, now);
  return isEmpty(own) ? null : JSON.stringify({ version: base.version, own });
}

/** Read it back; what cannot be read is as if nothing had been kept. */
export function readKept(text: string | null): Kept | null {
  try {
    const kept = JSON.parse(text ?? "null") as Kept | null;
    if (kept === null || typeof kept.version !== "number") return null;
    return isEmpty(kept.own) ? null : kept;
  } catch {
    return null;
  }
}
