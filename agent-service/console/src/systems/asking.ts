/** Keys and webhooks of the municipality's other systems, as agent-service keeps them. */
import { ask, codeOf } from "../set_up/asking";

export const SCOPES = ["archive.read", "statistics.read", "webhooks.write"] as const;
export type Scope = (typeof SCOPES)[number];
export const MILESTONES = ["opened", "closed", "classified"] as const;
export type Milestone = (typeof MILESTONES)[number];
/** How many days a key may be good. */
export const DAYS = [30, 90, 365, 730] as const;

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly made_by: string;
  readonly made_at: string;
  readonly expires_at: string;
  readonly used_on: string | null;
}

export interface Hook {
  readonly id: string;
  readonly url: string;
  readonly milestones: readonly Milestone[];
  readonly made_by: string;
  readonly made_at: string;
}

export type Failed = { readonly code: string };
/** What is shown once. */
export type Made = { readonly secret: string };

async function answered<T>(method: string, path: string, sent?: unknown): Promise<T | Failed> {
  const answer = await ask(method, path, sent);
  if (answer.status >= 200 && answer.status < 300) return answer.body as T;
  return { code: codeOf(answer) || "failed" };
}

export interface Systems {
  readonly keys: readonly Key[];
  readonly webhooks: readonly Hook[];
}

export async function systems(): Promise<Systems | Failed> {
  const keys = await answered<Pick<Systems, "keys">>("GET", "/api/keys");
  if ("code" in keys) return keys;
  const hooks = await answered<Pick<Systems, "webhooks">>("GET", "/api/webhooks");
  return "code" in hooks ? hooks : { ...keys, ...hooks };
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly days: number;
}

export function makeKey(wanted: NewKey): Promise<(Key & Made) | Failed> {
  return answered("POST", "/api/keys", wanted);
}

export interface NewHook {
  readonly url: string;
  readonly milestones: readonly Milestone[];
}

export function makeHook(wanted: NewHook): Promise<(Hook & Made) | Failed> {
  return answered("POST", "/api/webhooks", wanted);
}

/** End a key or a webhook. One that is gone already is no fault. */
export async function end(what: "keys" | "webhooks", id: string): Promise<Failed | null> {
  const answer = await ask("DELETE", `/api/${what}/${id}`);
  if (answer.status === 204 || answer.status === 404) return null;
  return { code: codeOf(answer) || "failed" };
}
