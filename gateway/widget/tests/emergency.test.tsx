import type { VNode } from "preact";
import { expect, test } from "vitest";
import { Emergency } from "../src/frame/emergency";
import type { Session } from "../src/frame/session";
import { initialState, phaseOf } from "../src/frame/state";
import { memoryBox } from "../src/frame/box";
import { Store } from "../src/frame/storage";
import { after, frame, talking } from "./sample";

const DANGER = frame({ type: "emergency", alarm: "danger" });

/** Every element of a drawing, outermost first. */
function elements(node: unknown): VNode<Record<string, unknown>>[] {
  if (Array.isArray(node)) return node.flatMap(elements);
  if (typeof node !== "object" || node === null || !("props" in node)) return [];
  const vnode = node as VNode<Record<string, unknown>>;
  return [vnode, ...elements(vnode.props["children"])];
}

const drawn = (state = after(talking(), DANGER)) =>
  elements(Emergency({ state, session: { dispatch: () => undefined } as unknown as Session }));

test("all the numbers are there to be called, and are read aloud at once", () => {
  const all = drawn();
  expect(all[0]?.props["role"]).toBe("alert");
  expect(all.filter(({ type }) => type === "a").map(({ props }) => props["href"])).toEqual([
    "tel:113",
    "tel:112",
    "tel:110",
    "tel:116117",
    "tel:116123",
    "tel:116111",
  ]);
  expect(drawn(talking())).toEqual([]);
});

test("they stay through a new conversation and a reload, until they are closed", () => {
  const state = after(talking(), DANGER);
  expect(phaseOf(state)).toBe("active");
  expect(after(state, { kind: "begun_anew", refusal: null }).emergency).toBe("danger");

  const kept = { lasting: memoryBox(), perTab: memoryBox() };
  const store = () => new Store("sarpsborg", kept.lasting, kept.perTab);
  store().save(initialState(), state);
  expect(store().load().emergency).toBe("danger");
  expect(new Store("sarpsborg", kept.lasting, memoryBox()).load().emergency).toBeNull();
  const closed = after(state, { kind: "emergency_closed" });
  store().save(state, closed);
  expect([closed.emergency, store().load().emergency]).toEqual([null, null]);
});
