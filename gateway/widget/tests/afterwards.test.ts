import { dispatch } from "@prek/wire";
import { expect, test } from "vitest";
import {
  hasAskedToForget,
  hasCommented,
  isForgetting,
  isMailing,
  mailedOf,
  ratingOf,
} from "../src/frame/afterwards";
import { keptLine } from "../src/frame/about";
import { copyLink } from "../src/frame/copy";
import { initialState, phaseOf, type State } from "../src/frame/state";
import { memoryBox } from "../src/frame/box";
import { Store } from "../src/frame/storage";
import { eventLine } from "../src/frame/wording";
import type { Happening } from "../src/frame/reduce";
import { after, CITIZEN, event, frame, IDS, status, talking, welcome } from "./sample";

const NOW = "2026-11-27T01:00:00Z";
const CLOSED = frame({ type: "event", event: event(3, { kind: "closed", reason: "agent" }) });
const ended = (more: Parameters<typeof status>[0] = {}) =>
  after(talking(), CLOSED, frame(status({ version: 4, state: "closed", token: "copy", ...more })));
const actions = (state: State) => state.outbox.entries.map(({ action }) => action);
const own = (seq: number, id: string, body: Parameters<typeof event>[1]) =>
  frame({ type: "event", event: event(seq, body, { id, mine: true, author: CITIZEN }) });
const refused = (id: string, code: string, retry: number | null = null) =>
  frame({ type: "refused", id, code, retry_after_s: retry });

const RATE: Happening = { kind: "rated", id: "r1", rating: "partly", comment: null };
const MAIL: Happening = { kind: "copy_asked", id: "m9", contact: "ola@eksempel.no" };
const FORGET: Happening = { kind: "forget_asked", id: "f1" };
const FORGOT = own(4, "f1", { kind: "forget_asked" });

test("one press rates, and a line may follow with the same rating", () => {
  let state = after(ended(), RATE);
  expect(actions(state)).toEqual([{ type: "rate", id: "r1", rating: "partly", comment: null }]);
  expect(ratingOf(state)).toBe("partly");
  state = after(
    state,
    own(4, "r1", { kind: "rated", rating: "partly", comment: null, masked: 0 }),
    frame(status({ version: 5, state: "closed", rating: "partly" })),
  );
  expect([actions(state), ratingOf(state), hasCommented(state)]).toEqual([[], "partly", false]);
  state = after(state, { kind: "rated", id: "r2", rating: "partly", comment: "Takk" });
  expect([hasCommented(state), actions(state)[0]]).toEqual([
    true,
    { type: "rate", id: "r2", rating: "partly", comment: "Takk" },
  ]);
});

test("another tab's rating is known by the status", () => {
  expect(ratingOf(ended({ rating: "no" }))).toBe("no");
  expect(ratingOf(ended())).toBeNull();
});

test("a rating that is refused says so, and gives nothing back to the field", () => {
  const state = after(ended(), RATE, refused("r1", "text_too_long"));
  expect([state.troubles.rate, state.refusal, state.draft, ratingOf(state)]).toEqual([
    "text_too_long",
    null,
    "",
    null,
  ]);
  expect(after(state, { ...RATE, id: "r2" } as Happening).troubles.rate).toBeUndefined();
});

test("nothing of it is possible before the end", () => {
  const state = talking();
  expect(actions(after(state, RATE, MAIL, FORGET))).toEqual(actions(state));
});

test("the link by e-mail is sent for once the archive says so", () => {
  let state = after(ended(), MAIL);
  expect([isMailing(state), mailedOf(state)]).toEqual([true, 0]);
  expect(dispatch(state.outbox, 0, 0).send).toEqual([
    { type: "mail_copy", id: "m9", contact: "ola@eksempel.no" },
  ]);
  state = after(state, own(4, "m9", { kind: "copy_mailed" }));
  expect([isMailing(state), mailedOf(state)]).toEqual([false, 1]);
});

test("an address that is no address is said at the form; too many letters are not waited for", () => {
  expect(after(ended(), MAIL, refused("m9", "contact_invalid")).troubles.mail_copy).toBe(
    "contact_invalid",
  );
  const often = after(ended(), MAIL, refused("m9", "not_allowed"));
  expect([often.troubles.mail_copy, actions(often), often.refusal]).toEqual([
    "not_allowed",
    [],
    null,
  ]);
  // What is only too quick is sent again.
  expect(actions(after(ended(), MAIL, refused("m9", "rate_limited", 2)))).toHaveLength(1);
});

test("whoever asks to be forgotten is, once the ledger has the wish, and not before", () => {
  const busy = after(ended(), { kind: "typed", draft: "kladd" }, RATE, FORGET);
  expect([isForgetting(busy), busy.forgotten, phaseOf(busy)]).toEqual([true, null, "closed"]);
  // Pressed twice is asked once.
  expect(actions(after(busy, { ...FORGET, id: "f2" } as Happening))).toEqual(actions(busy));

  const state = after(busy, FORGOT);
  expect(state.forgotten).toEqual({
    conversation: "c1",
    byReceipt: false,
    told: true,
    elsewhere: false,
  });
  expect(phaseOf(state)).toBe("new");
  const { language, line, broken, online, setup, forgotten } = state;
  expect(state).toEqual(initialState({ language, line, broken, online, setup, forgotten }));
  expect(after(state, { kind: "forgotten_read" }).forgotten).toBeNull();
});

test("a status that tells of the wish is as good as its event, and an erased conversation too", () => {
  const asked = after(ended(), FORGET);
  const told = frame(status({ version: 5, state: "closed", forget_asked_at: NOW }));
  expect(after(asked, told).forgotten?.told).toBe(true);
  expect(after(asked, refused("f1", "not_found")).forgotten?.told).toBe(true);
});

test("a wish that is refused, or not sent, forgets nothing", () => {
  const failed = after(ended(), FORGET, refused("f1", "not_allowed"));
  expect([failed.forgotten, failed.troubles.forget, isForgetting(failed)]).toEqual([
    null,
    "not_allowed",
    false,
  ]);
  const later = after(ended(), FORGET, refused("f1", "busy", 2));
  expect([later.forgotten, isForgetting(later)]).toEqual([null, true]);
});

test("what came of another device's wish is seen, and wipes nothing by itself", () => {
  const state = after(ended(), own(4, "elsewhere", { kind: "forget_asked" }));
  expect([hasAskedToForget(state), state.forgotten, phaseOf(state)]).toEqual([
    true,
    null,
    "closed",
  ]);
});

test("without contact it may be forgotten here alone, and says what it is", () => {
  expect(after(ended(), FORGET, { kind: "forgotten_here" }).forgotten?.told).toBe(false);
  const told = after(ended({ forget_asked_at: NOW }), { kind: "forgotten_here" });
  expect(told.forgotten?.told).toBe(true);
});

test("the other tabs forget the same conversation, and no other", () => {
  const heard = (conversation: string): Happening => ({
    kind: "forgotten_elsewhere",
    conversation,
    told: false,
  });
  expect(after(ended(), heard("c1")).forgotten).toMatchObject({ elsewhere: true, told: false });
  const other = ended();
  expect(after(other, heard("c2"))).toBe(other);
  const left = after(ended(), { kind: "begun_anew", refusal: null });
  expect([left.former, after(left, heard("c1")).former]).toEqual(["c1", null]);
});

test("nothing of the conversation is left in the browser but the language and the sound", () => {
  const [lasting, perTab] = [memoryBox(), memoryBox()];
  const store = new Store("sarpsborg", lasting, perTab, () => 0);
  const secret = store.secret();
  lasting.setItem("prek.moss.secret", "another's");
  store.keepToken("c1", "token");
  const state = after(ended(), { kind: "language", language: "en" }, RATE, FORGET, {
    kind: "typed",
    draft: "kladd",
  });
  store.save(initialState(), state);
  const forgotten = after(state, FORGOT).forgotten;
  if (forgotten === null) throw new Error("not forgotten");

  // The others are told by the change of a key, which is gone again.
  const changed: unknown[] = [];
  const set = lasting.setItem;
  lasting.setItem = (key, value) => {
    changed.push(store.forgottenBy(key, value));
    set(key, value);
  };
  store.wipe(forgotten);
  lasting.setItem = set;
  expect(changed).toEqual([{ conversation: "c1", told: true }]);
  const keys = (box: typeof lasting) => Array.from({ length: box.length }, (_, n) => box.key(n));
  expect([keys(lasting).sort(), keys(perTab)]).toEqual([
    ["prek.moss.secret", "prek.sarpsborg.language"],
    [],
  ]);
  expect(store.secret()).not.toBe(secret);
  expect(store.load()).toMatchObject({ conversation: null, former: null, draft: "" });
});

test("a conversation that a receipt opened is forgotten without the browser's own", () => {
  const [lasting, perTab] = [memoryBox(), memoryBox()];
  const store = new Store("sarpsborg", lasting, perTab, () => 0);
  const secret = store.secret();
  store.keepToken("c9", "token");
  const wish = { conversation: "c9", told: true };
  store.wipe({ ...wish, byReceipt: true, elsewhere: false });
  expect([store.secret(), perTab.length]).toEqual([secret, 0]);
  store.wipe({ ...wish, byReceipt: false, elsewhere: true });
  expect(store.secret()).toBe(secret);
});

test("a reload in between goes on with the wish", () => {
  const [lasting, perTab] = [memoryBox(), memoryBox()];
  const store = () => new Store("sarpsborg", lasting, perTab, () => 0);
  store().save(initialState(), after(ended(), FORGET));
  const again = after(initialState(store().load()), CLOSED);
  expect(isForgetting(again)).toBe(true);
  expect(after(again, FORGOT).forgotten).toBeNull();
  const events = [1, 2, 3].map((seq) => event(seq, { kind: "closed", reason: "agent" }));
  const caught = welcome({ conversation: "c1", events, last_seq: 3 });
  expect(after(initialState(store().load()), frame(caught), FORGOT).forgotten?.told).toBe(true);
});

test("what was asked for afterwards is told in the log", () => {
  const line = (body: Parameters<typeof event>[1]) => eventLine(ended(), event(9, body));
  expect(line({ kind: "rated", rating: "partly", comment: null, masked: 0 })).toBe(
    "Fikk du svar? Du svarte: delvis.",
  );
  expect(line({ kind: "rated", rating: "no", comment: "{rating}", masked: 0 })).toBe(
    "Du sa om svaret: {rating}",
  );
  expect(line({ kind: "copy_mailed" })).toBe("Du ba om en lenke på e-post.");
  expect(line({ kind: "forget_asked" })).toBe("Du ba om å bli glemt.");
});

test("a new conversation leaves the troubles of the old one behind", () => {
  const failed = after(ended(), FORGET, refused("f1", "not_allowed"));
  expect(after(failed, { kind: "begun_anew", refusal: null }).troubles).toEqual({});
  expect(IDS.conversation).toBe(failed.conversation?.id);
});

test("the link's token is behind the #, and the page is in a language that it has", () => {
  const link = copyLink(
    { conversation: "c1", token: "a.b.c", language: "se" },
    "https://prek.example.no/widget/frame.html?tenant=x",
  );
  expect(link).toBe("https://prek.example.no/svar?lang=nb#a.b.c");
});

test("how long it is kept is a number only where the municipality has set one", () => {
  const kept = (days: number | null) =>
    keptLine(
      after(initialState(), frame(welcome({ privacy: { kept_days: days, policy_url: null, retention: [] } }))),
    );
  expect(kept(null)).not.toMatch(/\d/);
  expect(kept(1)).toContain("én dag");
  expect(kept(90)).toContain("90 dager");
});
