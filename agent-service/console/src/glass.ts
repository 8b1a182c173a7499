/** Walls of secrecy: who stands outside one, and what breaking the glass opens for a while. */
import type { AgentProfile, Summary } from "@prek/wire";
import type { State } from "./model";
import { leadsAny, ledBy, leadsIn } from "./rights";
import { isInLine, isMine, isOwned, isWrapUp } from "./board";

function profileOf({ directory, board }: State): AgentProfile | undefined {
  return directory?.agents.find(({ id }) => id === board.me);
}

/** Whether a conversation is with a confidential department that this agent is not of. */
function isOutside(summary: Summary, state: State): boolean {
  const department = state.directory?.departments.find(({ id }) => id === summary.department);
  if (department?.confidential !== true) return false;
  return profileOf(state)?.departments.includes(summary.department) !== true;
}

/** Whether a wall stands before this agent: whoever is asked or takes part is let in. */
export function isWalled(summary: Summary, state: State): boolean {
  return isOutside(summary, state) && !isMine(summary, state.board.me);
}

/** Whether this agent leads it, which nobody does from outside. */
function leads(summary: Summary, state: State): boolean {
  return leadsIn(state.board.led, summary.department) && !isOutside(summary, state);
}

/** Until when this agent reads behind the wall, as a time of the server; null: not at all. */
export function glimpseOf(summary: Summary, state: State, now: number): string | null {
  if (!isWalled(summary, state)) return null;
  const own = summary.glimpses.find(({ agent }) => agent === state.board.me);
  return own !== undefined && Date.parse(own.until) > now ? own.until : null;
}

/** Whether this agent may break the glass: leaders at any time, archivists when it is closed. */
export function mayBreakGlass(summary: Summary, state: State, now: number): boolean {
  const profile = profileOf(state);
  if (!isWalled(summary, state) || glimpseOf(summary, state, now) !== null) return false;
  const archives = profile?.roles.includes("archivist") === true && summary.state === "closed";
  return archives || leadsAny(ledBy(profile));
}

/** Whether this agent may clear an alarm or block the citizen: who has or just had it, and leaders. */
export function mayDecide(summary: Summary, state: State): boolean {
  const { me } = state.board;
  return leads(summary, state) || isOwned(summary, me) || isWrapUp(summary, me);
}

/** Whether this agent may take it: from the line, or from a colleague as who leads it. */
export function mayTake(summary: Summary, state: State): boolean {
  if (isInLine(summary)) return !isOutside(summary, state);
  return summary.state === "active" && leads(summary, state);
}
