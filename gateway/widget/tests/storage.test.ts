import { expect, test } from "vitest";
import { initialState } from "../src/frame/state";
import { memoryBox, openBox } from "../src/frame/box";
import { Store } from "../src/frame/storage";
import { after, frame, IDS, OPENED, talking, welcome } from "./sample";

const boxes = () => ({ lasting: memoryBox(), perTab: memoryBox() });
const store = ({ lasting, perTab } = boxes()) => new Store("sarpsborg", lasting, perTab);

const begun = after(
  initialState(),
  frame(welcome()),
  { kind: "typed", draft: "Hei" },
  { kind: "submitted", ids: IDS, anyway: false },
  { kind: "typed", draft: "et utkast" },
);

test("a reload goes on with the conversation, what is unsent, and the draft", () => {
  const kept = boxes();
  store(kept).save(initialState(), begun);
  const loaded = store(kept).load();
  expect(loaded.draft).toBe("et utkast");
  expect(loaded.conversation).toEqual({ id: "c1", opened: false });
  expect(loaded.outbox?.entries.map(({ action }) => action.type)).toEqual(["open", "send"]);
});

test("what is resolved in one tab does not take the other's with it", () => {
  const kept = boxes();
  store(kept).save(initialState(), begun);
  const opened = after(begun, frame({ type: "event", event: OPENED }));
  const other = after(begun, {
    kind: "submitted",
    ids: { ...IDS, send: "m2" },
    anyway: false,
  });
  store(kept).save(begun, other);
  store(kept).save(begun, opened);
  const loaded = store(kept).load();
  expect(loaded.outbox?.entries.map(({ action }) => action.id)).toEqual(["m1", "m2"]);
});

test("a language that was chosen is kept, the page's own is not", () => {
  const kept = boxes();
  const began = initialState({ language: "nn" });
  store(kept).save(began, after(began, { kind: "typed", draft: "Hei" }));
  expect(store(kept).load().language).toBeUndefined();
  const turned = after(began, { kind: "page_language", language: "nb" });
  store(kept).save(began, turned);
  expect([turned.language, store(kept).load().language]).toEqual(["nb", undefined]);
  store(kept).save(began, after(began, { kind: "language", language: "en" }));
  expect(store(kept).load().language).toBe("en");
  // The page may turn as it likes now.
  const chosen = initialState(store(kept).load());
  expect(after(chosen, { kind: "page_language", language: "nn" }).language).toBe("en");
});

test("a conversation that was never opened and cannot be is forgotten", () => {
  const kept = boxes();
  store(kept).save(initialState(), begun);
  kept.lasting.removeItem("prek.sarpsborg.out.k1");
  expect(store(kept).load()).toMatchObject({ conversation: null, outbox: { entries: [] } });
});

test("the secret is made once, of 256 bits, and each municipality has its own", () => {
  const kept = boxes();
  const secret = store(kept).secret();
  expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(store(kept).secret()).toBe(secret);
  expect(new Store("moss", kept.lasting, kept.perTab).secret()).not.toBe(secret);
});

test("a token is a tab's own, and for one conversation", () => {
  const kept = boxes();
  store(kept).keepToken("c1", "t1");
  expect([store(kept).token("c1"), store(kept).token("c2")]).toEqual(["t1", null]);
  expect(store({ ...kept, perTab: memoryBox() }).token("c1")).toBeNull();
  store(kept).keepToken(null, null);
  expect(store(kept).token("c1")).toBeNull();
});

test("anew: the conversation is forgotten, the secret is not", () => {
  const kept = boxes();
  const secret = store(kept).secret();
  const state = talking();
  store(kept).save(initialState(), state);
  store(kept).save(state, after(state, { kind: "begun_anew", refusal: null }));
  expect([store(kept).conversation(), store(kept).secret()]).toEqual([null, secret]);
});

test("the conversation before is remembered for 30 days, and then no longer", () => {
  const kept = boxes();
  const day = 24 * 3_600_000;
  const at = (days: number) => new Store("sarpsborg", kept.lasting, kept.perTab, () => days * day);
  const state = talking();
  at(100).save(initialState(), state);
  at(100).save(state, after(state, { kind: "begun_anew", refusal: null }));
  expect([at(129).load().former, at(130).load().former]).toEqual(["c1", null]);
  kept.lasting.setItem("prek.sarpsborg.former", '{"id": 1}');
  expect(at(100).load().former).toBeNull();
});

test("what a receipt opened is this tab's alone, and leaves this browser's own untouched", () => {
  const kept = boxes();
  store(kept).save(initialState(), begun);
  const fresh = initialState();
  const visiting = after(fresh, { kind: "receipt_opened", conversation: "c9" });
  store(kept).save(fresh, visiting);
  const writing = after(
    visiting,
    { kind: "typed", draft: "mer" },
    { kind: "submitted", ids: { ...IDS, send: "m9" }, anyway: false },
  );
  store(kept).save(visiting, writing);
  const here = store(kept).load();
  expect(here.conversation).toEqual({ id: "c9", opened: true, byReceipt: true });
  expect(here.outbox?.entries.map(({ action }) => action.id)).toEqual(["m9"]);

  const elsewhere = store({ ...kept, perTab: memoryBox() }).load();
  expect(elsewhere.conversation).toEqual({ id: "c1", opened: false });
  expect(elsewhere.outbox?.entries.map(({ action }) => action.id)).toEqual(["k1", "m1"]);

  store(kept).save(writing, after(writing, { kind: "begun_anew", refusal: null }));
  expect(store(kept).load().conversation?.id).toBe("c1");
});

test("rubbish, a full store and a denied one are survived", () => {
  const kept = boxes();
  kept.lasting.setItem("prek.sarpsborg.conversation", "{");
  kept.lasting.setItem("prek.sarpsborg.out.x", "null");
  expect(store(kept).load().conversation).toBeNull();
  const full = {
    ...boxes().lasting,
    setItem: () => {
      throw new Error("QuotaExceededError");
    },
  };
  expect(() => new Store("a", full, memoryBox()).save(initialState(), begun)).not.toThrow();
  const denied = openBox(() => {
    throw new Error("SecurityError");
  });
  denied.setItem("a", "b");
  expect([denied.getItem("a"), denied.length, denied.key(0)]).toEqual(["b", 1, "a"]);
});
