/** What the routing has said of the conversations in view. */
import type { Explained, State } from "./model";

/** An answer about the routing. While it is asked again, the former one stays on screen. */
export function addWhy(state: State, id: string, answer: Explained): State {
  if (state.board.known[id] === undefined) return state;
  const before = state.whys[id];
  if (answer === "asking" && before !== undefined && before !== "failed") return state;
  return { ...state, whys: { ...state.whys, [id]: answer } };
}

/** What is out of view is not explained any more. */
export function settleWhys(state: State): State {
  const entries = Object.entries(state.whys);
  const kept = entries.filter(([id]) => state.board.known[id] !== undefined);
  return kept.length === entries.length ? state : { ...state, whys: Object.fromEntries(kept) };
}
