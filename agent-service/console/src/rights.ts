/** What an agent's roles let them do. The ledger decides; here it only decides what is shown. */
import type { AgentProfile } from "@prek/wire";

/** Every department, or those named. */
export type Led = "all" | readonly string[];

/** Which departments an agent leads. `profile` is missing for one just removed. */
export function ledBy(profile: AgentProfile | undefined): Led {
  if (profile?.roles.includes("supervisor") === true) return "all";
  return profile?.roles.includes("leader") === true ? profile.departments : [];
}

/** The departments whose lines an agent answers: archivists and administrators as such, none. */
export function answeredBy(profile: AgentProfile | undefined): readonly string[] {
  return profile?.roles.includes("agent") === true ? profile.departments : [];
}

export function leadsIn(led: Led, department: string): boolean {
  return led === "all" || led.includes(department);
}

export function leadsAny(led: Led): boolean {
  return led === "all" || led.length > 0;
}

export function sameLed(one: Led, other: Led): boolean {
  if (one === "all" || other === "all") return one === other;
  return one.length === other.length && one.every((id) => other.includes(id));
}

/** Where in the console one can be. */
export const PLACES = ["desk", "board", "history", "numbers", "search", "set_up", "systems", "archive", "audit"] as const;
export type Place = (typeof PLACES)[number];

/** The places of an agent; the desk is everybody's. */
export function placesOf(profile: AgentProfile | undefined): readonly Place[] {
  const has = (role: AgentProfile["roles"][number]) => profile?.roles.includes(role) === true;
  const leads = leadsAny(ledBy(profile));
  const open: Readonly<Record<Place, boolean>> = {
    desk: true,
    board: leads,
    history: leads,
    numbers: leads,
    search: has("agent") || leads || has("archivist"),
    set_up: has("admin"),
    systems: has("admin"),
    archive: has("archivist"),
    audit: has("archivist"),
  };
  return PLACES.filter((place) => open[place]);
}

/** Whether an agent may switch the emergency on and off. */
export function mayProclaim(profile: AgentProfile | undefined, firstLine: string): boolean {
  return profile?.roles.includes("admin") === true || leadsIn(ledBy(profile), firstLine);
}
