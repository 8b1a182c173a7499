/** The ways to sign in, the way to a provider, and what it comes back with. */
import type { Key } from "./texts";

export interface Way {
  readonly name: string;
  readonly municipality: string;
  readonly url: string;
}

export interface Ways {
  readonly providers: readonly Way[];
  /** Whether accounts with a password kept here may be used. */
  readonly local: boolean;
}

/** What is offered while nobody can say: the form then says itself that we are not reached. */
const ONLY_LOCAL: Ways = { providers: [], local: true };
const OUTCOMES: Readonly<Record<string, Key>> = {
  expired: "sign_in_expired",
  denied: "sign_in_denied",
  unknown_person: "sign_in_unknown_person",
  no_access: "sign_in_no_access",
  busy: "sign_in_failed",
  failed: "sign_in_not_believed",
};
const KEPT = "prek:way-back";

/** What the address says a sign-in came to, in words; null when it says nothing. */
export function outcomeOf(query: string): Key | null {
  const code = new URLSearchParams(query).get("sign_in");
  if (code === null) return null;
  return Object.hasOwn(OUTCOMES, code) ? (OUTCOMES[code] ?? null) : "sign_in_not_believed";
}

/** Whose ways are asked for: `?kommune=` where there are several. */
export function tenantOf(query: string): string | null {
  const named = new URLSearchParams(query).get("kommune");
  return named !== null && /^[a-z0-9][a-z0-9_.-]{0,63}$/.test(named) ? named : null;
}

/** Ask which ways there are. */
export async function askWays(query: string): Promise<Ways> {
  const tenant = tenantOf(query);
  const path = tenant === null ? "/api/sign-in" : `/api/sign-in?tenant=${tenant}`;
  try {
    const answer = await fetch(path, { signal: AbortSignal.timeout(5_000) });
    return answer.ok ? ((await answer.json()) as Ways) : ONLY_LOCAL;
  } catch {
    return ONLY_LOCAL;
  }
}

/** Keep what the address names: a fragment does not come along to a provider and back. */
export function leaveFor(fragment: string): void {
  if (fragment !== "") sessionStorage.setItem(KEPT, fragment);
}

/** Take it up again. */
export function comeBack(): void {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (kept !== null && location.hash === "") history.replaceState(null, "", location.pathname + kept);
}
