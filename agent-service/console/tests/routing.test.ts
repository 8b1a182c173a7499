/** Nudges, alarms, advice, topics, reasons and the emergency switch, as the desk tells of them. */
import type { DNudge, Why } from "@prek/wire";
import { describe, expect, test } from "vitest";
import { advising, alarms, load, ownConversations } from "../src/board";
import { mayAsk } from "../src/commands";
import { mayDecide } from "../src/glass";
import { linkedConversation } from "../src/links";
import { type DeskAction, draftOf, type Message, type State } from "../src/model";
import { owedByMe, owedByOthers, stageOf } from "../src/nudges";
import {
  after,
  AT,
  DIRECTORY,
  event,
  frame,
  owned,
  pushed,
  run,
  seated,
  snapshot,
  summary,
  welcome,
} from "./sample";

const ids = (summaries: readonly { conversation: string }[]) =>
  summaries.map(({ conversation }) => conversation);
const changed = (of: ReturnType<typeof summary>) => frame({ type: "summary", summary: of });
const turid = (...mine: ReturnType<typeof summary>[]): State =>
  after(seated(), frame(welcome(snapshot(mine), "turid")));

describe("the first reply", () => {
  const silent = (more = {}) => owned("a", { unanswered_since: new Date(AT).toISOString(), ...more });
  const nudge = (more: Partial<DNudge> = {}): Message =>
    frame({ type: "nudge", conversation: "a", agent: "kari", stage: "nudge", waited_s: 60, ...more });

  test("is asked for by the desk's nudge, and not any more once it is given", () => {
    const nudged = after(seated([silent()]), nudge());
    const answered = after(nudged, changed(owned("a", { version: 2 })));

    expect([ids(owedByMe(nudged, AT)), ids(owedByMe(answered, AT))]).toEqual([["a"], []]);
    expect(answered.nudges).toEqual({});
  });

  test("is known after a reload too, by the tenant's times", () => {
    const { nudges } = seated([silent()]);
    const stage = (seconds: number) =>
      stageOf(silent(), nudges, DIRECTORY.timing, AT + seconds * 1_000);

    expect([stage(59), stage(60), stage(120)]).toEqual([null, "nudge", "leader"]);
  });

  test("is told to leaders at the second stage, and to nobody else", () => {
    const told = after(turid(silent()), nudge({ stage: "leader" }));
    const early = after(turid(silent()), nudge());

    expect([ids(owedByOthers(told, AT)), ids(owedByOthers(early, AT))]).toEqual([["a"], []]);
    expect(owedByOthers(after(seated([silent()]), nudge({ stage: "leader" })), AT)).toEqual([]);
  });

  test("of two stages the later one stands, in whatever order they come", () => {
    const state = after(seated([silent()]), nudge({ stage: "leader" }), nudge());

    expect(state.nudges.a?.stage).toBe("leader");
  });

  test.each([
    ["what has been answered", {}, { unanswered_since: null }],
    ["another owner", { agent: "ola" }, {}],
    ["what is not in view", { conversation: "z" }, {}],
    ["a written question", {}, { due_at: new Date(AT).toISOString() }],
  ])("is not asked for of %s", (_, of, more) => {
    const state = after(seated([silent(more)]), nudge(of));

    expect(state.nudges).toEqual({});
  });

  const back = (more = {}) =>
    summary("a", { version: 2, epoch: 2, missed: ["kari"], ...more });
  const late = (seconds: number, of: ReturnType<typeof summary>): Message => ({
    type: "frame",
    frame: { type: "summary", summary: of },
    at: AT + seconds * 1_000,
    jitter: 0,
  });
  const titles = (state: State) => state.alerts.map(({ title }) => title);

  test.each([
    ["was not given in time", 180, silent(), back(), "moved_no_reply"],
    ["was not given, and a colleague is asked already", 180, silent(), back({ state: "offered" }), "moved_no_reply"],
    ["had time yet: it was put back", 90, silent(), back(), "moved_line"],
    ["was given: it was put back", 180, owned("a"), back(), "moved_line"],
    ["could not be given: the line was lost", 180, silent(), back({ missed: [] }), "moved_line"],
    ["was not given, and it is with a colleague", 180, silent(), back({ state: "active", owner: "ola" }), "moved_away"],
  ] as const)("that %s is what the agent is told", (_, seconds, before, moved, title) => {
    expect(titles(after(seated([before]), late(seconds, moved)))).toEqual([title]);
  });

  test.each([
    ["no_reply", 90, "moved_no_reply"],
    ["returned_by_agent", 180, "moved_line"],
    ["owner_lost", 180, "moved_line"],
  ] as const)("was the reason or not, as the event says if it is here: %s", (reason, seconds, title) => {
    const told = frame(pushed("a", event(1, { body: { kind: "requeued", reason } })));
    const state = after(seated([silent()]), told, late(seconds, back()));

    expect(titles(state)).toEqual([title]);
  });

  test("of a former time in line says nothing of this one", () => {
    const owner = { kind: "agent", id: "kari", name: "Kari", department: "front" } as const;
    const state = after(
      seated([silent()]),
      frame(pushed("a", event(1, { body: { kind: "requeued", reason: "no_reply" } }))),
      frame(pushed("a", event(2, { body: { kind: "joined", owner } }))),
      late(90, back()),
    );

    expect(titles(state)).toEqual(["moved_line"]);
  });

  test("is the next owner's own affair after a hand-over", () => {
    const handed = silent({ version: 2, owner: "ola" });
    const state = after(turid(silent()), nudge({ stage: "leader" }), changed(handed));

    expect([state.nudges, owedByOthers(state, AT)]).toEqual([{}, []]);
  });
});

describe("an alarm", () => {
  const raised = (more = {}) => owned("a", { alarm: "danger", ...more });

  test("is shown to its owner and to leaders, not to the whole line", () => {
    const waiting = summary("w", { alarm: "threat" });

    expect(ids(alarms(seated([raised()], [waiting]).board))).toEqual(["a"]);
    expect(ids(alarms(after(seated(), frame(welcome(snapshot([raised()], [waiting]), "turid"))).board)))
      .toEqual(["a", "w"]);
  });

  test("is cleared by owner or leader, who alone may block", () => {
    const theirs = owned("a", { owner: "ola" });
    const state = seated();

    expect([mayDecide(raised(), state), mayDecide(theirs, state)]).toEqual([true, false]);
    expect(mayDecide(theirs, turid())).toBe(true);
    expect([mayAsk("block", theirs, seated()), mayAsk("block", theirs, turid())]).toEqual([false, true]);
  });

  test("may be followed by a block when the conversation is just over", () => {
    const over = summary("a", { state: "closed", wrapup: { agent: "kari", until: "" } });

    expect([mayAsk("block", over, seated()), mayAsk("why", over, seated())]).toEqual([true, false]);
  });

  test("is raised anew only if it is graver, and not of what is closed", () => {
    const asks = (of: ReturnType<typeof summary>) => mayAsk("alarm", of, seated());

    expect([asks(raised()), asks(owned("a", { state: "closed" }))]).toEqual([false, false]);
    expect([asks(summary("w")), asks(raised({ alarm: "abuse" }))]).toEqual([true, true]);
  });
});

describe("advice", () => {
  const asked = (more = {}) => owned("a", { owner: "ola", consulted: ["kari"], ...more });

  test("is read along with, and takes no place", () => {
    const { state, sent } = run(seated(), changed(asked()));

    expect([ids(advising(state.board)), ownConversations(state.board), load(state.board)]).toEqual([
      ["a"],
      [],
      0,
    ]);
    expect(sent).toEqual([
      { type: "follow", conversation: "a", stream: "dialogue", after: 0 },
      { type: "follow", conversation: "a", stream: "desk", after: 0 },
    ]);
  });

  test("over, the conversation leaves, and a note half written is given back", () => {
    const { state, sent } = run(
      after(seated(), changed(asked())),
      { type: "draft", conversation: "a", draft: { note: "Hjemmel i pbl" } },
      changed(asked({ version: 2, consulted: [] })),
    );

    expect(state.board.known).toEqual({});
    expect(sent).toEqual([{ type: "unfollow", conversation: "a" }]);
    expect(state.alerts.map(({ text }) => text)).toEqual([{ where: "kept", text: "Hjemmel i pbl" }]);
  });

  test("lets nobody but the owner hand over, close or ask others", () => {
    const state = after(seated(), changed(asked()));
    const asks = (["handover", "close", "requeue", "consult", "later", "block"] as const).filter(
      (question) => mayAsk(question, asked(), state),
    );

    expect(asks).toEqual([]);
  });

  test("refused, the question goes back to its field", () => {
    const action: DeskAction = {
      type: "consult",
      id: "k",
      conversation: "a",
      epoch: 1,
      agent: "ola",
      note: "Kan vi dette?",
    };
    const state = after(
      seated([owned("a")]),
      { type: "act", action },
      frame({ type: "refused", id: "k", code: "not_allowed", conversation: "a", retry_after_s: null }),
    );

    expect(draftOf(state, "a").consult).toBe("Kan vi dette?");
  });
});

test("a topic chosen twice is one action, another topic is another", () => {
  const choose = (id: string, topic: string): Message => ({
    type: "act",
    action: { type: "set_topic", id, conversation: "a", topic },
  });
  const state = after(seated([owned("a")]), choose("1", "snow"), choose("2", "snow"), choose("3", "water"));

  expect(state.outbox.entries.map(({ action }) => action.id)).toEqual(["1", "3"]);
});

test("the reason for a block goes back to its field when the block is refused", () => {
  const state = after(
    seated([owned("a")]),
    {
      type: "act",
      action: { type: "block", id: "b", conversation: "a", reason: "Gjentatte trusler", hours: 24 },
    },
    frame({ type: "refused", id: "b", code: "not_allowed", conversation: "a", retry_after_s: null }),
  );

  expect(draftOf(state, "a").block).toBe("Gjentatte trusler");
});

describe("the routing's reasons", () => {
  const why: Why = {
    outcome: "waiting",
    reason: "nobody_free",
    agent: null,
    plan: "",
    step: 0,
    level: "asked",
    department: "front",
    skills: {},
    language: "nb",
    counts: {},
    candidates: [],
    handover: null,
  };
  const told = (answer: State["whys"][string], conversation = "w"): Message => ({
    type: "why",
    conversation,
    answer,
  });
  const line = () => seated([], [summary("w")]);

  test("stay on screen while they are asked for again", () => {
    const state = after(line(), told("asking"), told(why), told("asking"));

    expect(state.whys.w).toEqual(why);
    expect(after(state, told("failed"), told("asking")).whys.w).toBe("asking");
  });

  test("go with their conversation, and are not kept of one that is gone", () => {
    const taken = summary("w", { version: 2, state: "active", owner: "ola" });
    const gone = after(line(), told(why), changed(taken));

    expect([gone.whys, after(gone, told(why)).whys]).toEqual([{}, {}]);
  });
});

describe("a link to a conversation", () => {
  const id = "0197a000-0000-7000-8000-00000000000a";

  test("is the address's, and nothing else in it is", () => {
    expect(linkedConversation(`#conversation=${id.toUpperCase()}`)).toBe(id);
    for (const other of ["", "#dialogue", "#conversation=", "#conversation=../../x"]) {
      expect(linkedConversation(other)).toBeNull();
    }
  });

  test("puts it on screen, or says that it is not there", () => {
    const here = after(seated([], [summary(id)]), { type: "linked", conversation: id });
    const gone = after(seated(), { type: "linked", conversation: id });

    expect([here.selected, here.alerts]).toEqual([id, []]);
    expect([gone.selected, gone.alerts.map(({ title }) => title)]).toEqual([null, ["link_not_here"]]);
  });
});

describe("a new set-up", () => {
  const emergency = { since: "2026-11-24T09:00:00Z", by: "turid", banner: {}, topic: "snow", borrowed: [] };
  const set = (more: Partial<typeof DIRECTORY>): Message =>
    frame({ type: "directory", directory: { ...DIRECTORY, version: 2, ...more } });

  test("replaces the one before, and cuts nobody off", () => {
    const { state, sent } = run(seated([owned("a")]), set({ emergency }));

    expect([state.directory?.emergency, ids(ownConversations(state.board)), sent]).toEqual([
      emergency,
      ["a"],
      [],
    ]);
  });

  test("that comes late says nothing", () => {
    const state = after(seated(), set({ emergency }), set({ emergency: null, version: 1 }));

    expect(state.directory?.emergency).toEqual(emergency);
  });

  test("takes a line away at once, and makes a leader", () => {
    const moved = (more: object) =>
      DIRECTORY.agents.map((one) => (one.id === "kari" ? { ...one, ...more } : one));
    const line = seated([owned("a")], [summary("w")]);
    const elsewhere = after(line, set({ agents: moved({ departments: ["roads"] }) }));
    const leader = after(line, set({ agents: moved({ roles: ["agent", "leader"] }) }));

    expect(Object.keys(elsewhere.board.known)).toEqual(["a"]);
    expect([leader.board.led, Object.keys(leader.board.known)]).toEqual([["front"], ["a", "w"]]);
  });
});
