/** What the agent is told: conversations that left, offers missed, and never too much at once. */
import type { DPresence } from "@prek/wire";
import { expect, test } from "vitest";
import { calledFor, load, offersToMe, ownConversations, waitingLine, withColleagues } from "../src/board";
import { addAlert } from "../src/notices";
import type { Alert } from "../src/model";
import { after, frame, owned, seated, snapshot, summary, welcome } from "./sample";

const alert = (id: string, text: Alert["text"] = null): Alert => ({
  id,
  tone: "info",
  title: "offer_missed",
  params: {},
  reason: null,
  text,
});
const presence = (more: Partial<DPresence>) =>
  frame({ type: "presence", agent: "kari", presence: "available", reason: "", misses: 0, ...more });
const offered = (id: string, deadline: string) =>
  summary(id, { state: "offered", offer: { id: `o-${id}`, agent: "kari", deadline, handover: null } });

test("the oldest of many alerts leave, but never one that holds a text", () => {
  const kept = alert("kept", { where: "kept", text: "Svaret mitt" });
  const state = ["a", "b", "c", "d", "e"]
    .map((id) => alert(id))
    .reduce(addAlert, addAlert(seated(), kept));

  expect(state.alerts.map(({ id }) => id)).toEqual(["kept", "b", "c", "d", "e"]);
});

test("an alert said again is there once", () => {
  const state = addAlert(addAlert(seated(), alert("a")), alert("a"));

  expect(state.alerts.map(({ id }) => id)).toEqual(["a"]);
  expect(after(state, { type: "dismiss", alert: "a" }).alerts).toEqual([]);
});

test.each([
  [{ owner: "ola", state: "active" }, "moved_away"],
  [{ owner: null, state: "waiting" }, "moved_line"],
] as const)("a conversation that went elsewhere is spoken of: %j", (change, title) => {
  const moved = owned("a", { ...change, version: 2, epoch: 2 });
  const state = after(seated([owned("a")]), frame({ type: "summary", summary: moved }));

  expect(state.alerts.map((one) => one.title)).toEqual([title]);
});

test("a conversation gone after a reconnect is spoken of; one that ended is not", () => {
  const gone = after(seated([owned("a")]), frame(welcome(snapshot())));
  const closed = owned("a", { version: 2, state: "closed", owner: null });
  const ended = after(seated([owned("a")]), frame({ type: "summary", summary: closed }));

  expect(gone.alerts.map((one) => one.title)).toEqual(["moved_gone"]);
  expect(ended.alerts).toEqual([]);
});

test("the first missed offer is told; at the second the banner says it", () => {
  const missed = after(seated(), presence({ misses: 1 }));
  const forced = after(missed, presence({ misses: 2, presence: "forced_away" }));

  expect(missed.alerts.map((one) => one.title)).toEqual(["offer_missed"]);
  expect([forced.own.presence, forced.alerts]).toEqual(["forced_away", []]);
  expect(after(missed, presence({ misses: 0 })).alerts).toEqual([]);
});

test("a colleague's presence is known, and is not one's own", () => {
  const state = after(seated(), presence({ agent: "ola", presence: "busy" }));

  expect([state.colleagues, state.own.presence]).toEqual([{ ola: "busy" }, "available"]);
});

test("offers, own conversations and wrap-ups take the places", () => {
  const wrapup = summary("w", { state: "closed", wrapup: { agent: "kari", until: "" } });
  const { board } = seated([owned("a"), offered("b", "2026-11-24T09:00:30Z"), wrapup]);

  expect(load(board)).toBe(3);
  expect(ownConversations(board).map(({ conversation }) => conversation)).toEqual(["a", "w"]);
});

test("the offer that runs out first is on top", () => {
  const late = offered("a", "2026-11-24T09:00:30Z");
  const soon = offered("b", "2026-11-24T09:00:10Z");

  expect(offersToMe(seated([late, soon]).board).map((one) => one.conversation)).toEqual(["b", "a"]);
});

test("the line goes by band, then by the time of entry", () => {
  const line = [
    summary("late", { entered_at: "2026-11-24T09:00:02Z" }),
    summary("early", { entered_at: "2026-11-24T09:00:01Z" }),
    summary("urgent", { priority: 1, entered_at: "2026-11-24T09:00:03Z" }),
  ];
  const shown = waitingLine(seated([], line).board).map(({ conversation }) => conversation);

  expect(shown).toEqual(["urgent", "early", "late"]);
});

test("a hand-over to this agent is shown before its offer comes", () => {
  const handover = {
    id: "h",
    agent: "kari",
    department: "front",
    from_agent: "ola",
    requested_at: "",
    deadline: "",
  };
  const asked = summary("a", { version: 1, state: "active", owner: "ola", handover });
  const { board } = after(seated(), frame({ type: "summary", summary: asked }));

  expect(calledFor(board).map(({ conversation }) => conversation)).toEqual(["a"]);
  expect(withColleagues(board)).toEqual([]);
});

test("what a colleague closes leaves the leader's list at once, and a late word brings it not back", () => {
  const of = (more = {}) => summary("a", { state: "active", owner: "ola", ...more });
  const leader = after(seated(), frame(welcome(snapshot([of()]), "turid")));
  const wrapup = { agent: "ola", until: "2026-11-24T09:01:00Z" };
  const closed = of({ version: 2, state: "closed", owner: null, wrapup });
  const left = after(leader, frame({ type: "summary", summary: closed }));
  const late = after(left, frame(snapshot([of()])));

  expect(withColleagues(leader.board).map(({ conversation }) => conversation)).toEqual(["a"]);
  expect([withColleagues(left.board), withColleagues(late.board)]).toEqual([[], []]);
});

test("what is no longer in view is no longer on screen", () => {
  const state = after(
    seated([], [summary("w")]),
    { type: "select", conversation: "w" },
    frame({ type: "summary", summary: summary("w", { version: 2, state: "active", owner: "ola" }) }),
  );

  expect([state.selected, state.pane]).toEqual([null, "list"]);
});
