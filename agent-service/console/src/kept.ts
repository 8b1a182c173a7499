/** What survives a reload, as text for the browser's store. */
import { restore, serialize } from "@prek/wire";
import { type DeskAction, holdsText, type Kept, NOTHING_KEPT, type State } from "./model";

/** Unsent actions, drafts, what is read and on screen, and alerts that hold a text. */
export function writeKept({ outbox, drafts, threads, selected, alerts }: State): string {
  const read = Object.fromEntries(Object.entries(threads).map(([id, thread]) => [id, thread.read]));
  const heard = Object.fromEntries(
    Object.entries(threads).flatMap(([id, thread]) =>
      thread.heard.length === 0 ? [] : [[id, thread.heard]],
    ),
  );
  const held = alerts.filter(holdsText);
  return JSON.stringify({ outbox: serialize(outbox), drafts, read, heard, selected, alerts: held });
}

/** Read it back; what cannot be read is as if nothing had been kept. */
export function readKept(text: string | null): Kept {
  if (text === null) return NOTHING_KEPT;
  try {
    const kept = JSON.parse(text) as Omit<Kept, "outbox"> & { outbox: string };
    return { ...NOTHING_KEPT, ...kept, outbox: restore<DeskAction>(kept.outbox) };
  } catch {
    return NOTHING_KEPT;
  }
}
