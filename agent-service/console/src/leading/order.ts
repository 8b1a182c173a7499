/** Rows that stay where they are while somebody looks at them, and the buttons that sort them. */
import { useRef } from "preact/hooks";
import { keptOrder } from "./board-model";

/**
 * The rows in an order that an update does not change.
 *
 * `asked`: another value sorts anew.
 */
export function useKeptOrder<T extends object>(
  rows: readonly T[],
  id: (row: T) => string,
  compare: (a: T, b: T) => number,
  asked: string,
): readonly T[] {
  const kept = useRef<{ asked: string; ids: readonly string[] }>({ asked, ids: [] });
  const before = kept.current.asked === asked ? kept.current.ids : [];
  const order = keptOrder(before, rows, id, compare);
  kept.current = { asked, ids: order.map(id) };
  return order;
}
