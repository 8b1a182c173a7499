/** Links into the console: `/#conversation=<id>`, such as an alert's, and `/#place=board`. */
import type { Place } from "./rights";

/** The conversation a link's fragment names, or null. */
export function linkedConversation(hash: string): string | null {
  const id = parameters(hash).get("conversation");
  return id !== null && /^[0-9a-f-]{36}$/i.test(id) ? id.toLowerCase() : null;
}

/** The place a link's fragment names; the desk where it names none that is open. */
export function linkedPlace(hash: string, open: readonly Place[]): Place {
  const name = parameters(hash).get("place");
  return open.find((place) => place === name) ?? "desk";
}

/** The fragment of a place, with a part of it where it has some. */
export function placeLink(place: Place, part = ""): string {
  if (place === "desk") return "#";
  return `#place=${place}${part === "" ? "" : `&part=${part}`}`;
}

/** The part of a place that a fragment names, such as one of the set-up's tables. */
export function linkedPart(hash: string): string {
  return parameters(hash).get("part") ?? "";
}

function parameters(hash: string): URLSearchParams {
  return new URLSearchParams(hash.replace(/^#/, ""));
}
