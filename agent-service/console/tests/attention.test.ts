/** What calls an agent who looks elsewhere: said of every offer, once, and of nothing twice. */
import { expect, test } from "vitest";
import { freshNews, mayNotify, offersCalled, titleOf } from "../src/attention";
import { after, AT, event, frame, owned, pushed, seated, summary } from "./sample";

const offered = (id: string, deadline: string) =>
  summary(id, { state: "offered", offer: { id: `o-${id}`, agent: "kari", deadline, handover: null } });
const first = offered("a", "2026-11-24T09:00:10Z");
const second = offered("b", "2026-11-24T09:00:30Z");

test("a second offer is called out though the first still stands", () => {
  const before = new Set(offersCalled(seated([first])).map(({ offer }) => offer.id));
  const now = offersCalled(seated([first, second])).map(({ offer }) => ({ id: offer.id, words: "" }));

  expect(freshNews(now, before).map(({ id }) => id)).toEqual(["o-b"]);
  expect(freshNews(now, new Set(now.map(({ id }) => id)))).toEqual([]);
});

test("an offer to somebody else calls nobody", () => {
  const others = summary("a", { state: "offered", offer: { id: "o", agent: "ola", deadline: "", handover: null } });

  expect(offersCalled(seated([], [others]))).toEqual([]);
});

test.each([
  ["granted", true, true],
  ["granted", false, false],
  ["denied", true, false],
  ["default", true, false],
  [null, true, false],
] as const)("with permission %s, hidden %s, the system's notice is given: %s", (permission, hidden, given) => {
  expect(mayNotify(permission, hidden)).toBe(given);
});

test("the title says the offer, then the reply that is owed, and always what is unread", () => {
  const unread = after(seated([owned("c")]), frame(pushed("c", event(1))));
  const owes = owned("d", { unanswered_since: "2026-11-24T08:50:00Z" });

  expect(titleOf(seated(), AT)).toEqual({ count: 0, sign: "", name: "app_name" });
  expect(titleOf(unread, AT)).toEqual({ count: 1, sign: "", name: "app_name" });
  expect(titleOf(seated([owes]), AT)).toEqual({ count: 0, sign: "! ", name: "first_reply_title" });
  expect(titleOf(seated([owes, first]), AT)).toEqual({ count: 0, sign: "● ", name: "offer_title" });
});
