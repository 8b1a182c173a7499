/** What is in force, and what was begun in this tab and is not. */
import type { Key } from "../texts";
import { ask, codeOf } from "./asking";
import { same, type SetUp } from "./document";
import { carry, type Own, readKept } from "./carrying";
import { begin, type Draft, step } from "./draft";
import { said } from "./said";

/** Own changes that cannot simply be put upon what is in force by now. */
export interface Clash {
  readonly own: Own;
  readonly current: SetUp;
  /** Who changed it since. */
  readonly by: readonly string[];
}

export interface Begun {
  readonly draft: Draft;
  readonly clash: Clash | null;
}

/** The set-up in force, or the words for why it is not to be had. */
export async function fetchSetUp(): Promise<SetUp | Key> {
  const answer = await ask("GET", "/api/set-up");
  return answer.status === 200 ? (answer.body as SetUp) : said(codeOf(answer));
}

/** Begin with what is in force and what `kept` holds of an earlier sitting. */
export async function beginAgain(kept: string): Promise<Begun | Key> {
  const current = await fetchSetUp();
  if (typeof current === "string") return current;
  const was = readKept(sessionStorage.getItem(kept));
  if (was === null) return { draft: begin(current), clash: null };
  return meet(begin(current), was.own, was.version, current);
}

/** Put own changes upon what is in force by now; a clash where others changed it, too.
 *
 * Nobody is asked about the emergency switch, which makes a new version and changes nothing here.
 */
export async function meet(draft: Draft, own: Own, since: number, current: SetUp): Promise<Begun> {
  const { next, both } = carry(own, current);
  // Nothing left to carry: it is in force by now, or was never changed.
  if (both.length === 0 && same(next, current)) return { draft: begin(current), clash: null };
  const by = since === current.version ? [] : await whoSince(since);
  if (by.length === 0 && both.length === 0) {
    return { draft: step(draft, { type: "rebase", base: current, next }), clash: null };
  }
  return { draft, clash: { own, current, by } };
}

interface Told {
  readonly version: number;
  readonly by: string;
  readonly what: { readonly set_up?: unknown };
}

const LOOKED_AT = 50;

/** Who has changed the set-up since a version; the emergency switch does not count. */
async function whoSince(version: number): Promise<string[]> {
  const answer = await ask("GET", `/api/set-up/changes?limit=${LOOKED_AT}`);
  const { changes = [] } = (answer.body ?? {}) as { changes?: Told[] };
  const since = changes.filter((one) => one.version > version && one.what.set_up !== undefined);
  return [...new Set(since.map(({ by }) => by))];
}
