/** Zulip's law: a snapshot with the events since folded over it is what a fresh snapshot gives. */
import type { AgentProfile, DDirectory, DSnapshot, Summary } from "@prek/wire";
import { describe, expect, test } from "vitest";
import { inView, startBoard } from "../src/board";
import type { State } from "../src/model";
import { AGENTS, after, DIRECTORY, frame, seated, welcome } from "./sample";
import { type Chance, Ledger, pick, Seat, seeded, shuffled } from "./world";

const HISTORIES = 30;
const STEPS = 60;

const shown = (state: State) => inView(state.board);
const told = (state: State, changed: Summary) =>
  after(state, frame({ type: "summary", summary: changed }));

const setUp = (profile: AgentProfile, version: number): DDirectory => {
  const agents = AGENTS.map((agent) => (agent.id === profile.id ? profile : agent));
  return { type: "directory", directory: { ...DIRECTORY, agents, version } };
};

describe.each(AGENTS.map((profile) => [profile.id, profile] as const))("%s", (id, profile) => {
  const fresh = (ledger: Ledger) => inView(startBoard(id, profile, new Seat(profile).read(ledger)));
  const begin = (chance: Chance) => {
    const ledger = new Ledger(chance);
    for (let n = 0; n < 10; n += 1) ledger.move();
    const seat = new Seat(profile);
    return { ledger, seat, state: after(seated(), frame(welcome(seat.read(ledger), id))) };
  };

  test("shows after every push what a fresh snapshot would show", () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      let { ledger, seat, state } = begin(seeded(seed));
      for (let step = 0; step < STEPS; step += 1) {
        const changed = ledger.move();
        if (seat.tells(changed)) state = told(state, changed);

        expect(shown(state), `history ${seed}, step ${step}`).toEqual(fresh(ledger));
      }
    }
  });

  test("is not led astray by snapshots that were read before what was pushed since", () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const chance = seeded(seed);
      let { ledger, seat, state } = begin(chance);
      let late: DSnapshot | null = null;
      for (let step = 0; step < STEPS; step += 1) {
        if (late === null && chance() < 0.2) late = new Seat(profile).read(ledger);
        const changed = ledger.move();
        if (seat.tells(changed)) state = told(state, changed);
        if (late !== null && chance() < 0.4) {
          state = after(state, frame(late));
          late = null;
        }

        expect(shown(state), `history ${seed}, step ${step}`).toEqual(fresh(ledger));
      }
    }
  });

  test("is the same in whatever order and how often the pushes came", () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const chance = seeded(seed);
      let { ledger, seat, state } = begin(chance);
      const sent: Summary[] = [];
      for (let step = 0; step < STEPS; step += 1) {
        const changed = ledger.move();
        if (seat.tells(changed)) sent.push(changed);
      }
      const repeats = sent.filter(() => chance() < 0.3);
      state = shuffled(chance, [...sent, ...repeats]).reduce(told, state);

      expect(shown(state), `history ${seed}`).toEqual(fresh(ledger));
    }
  });

  test("comes right with two snapshots, whatever was lost, repeated or late", () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const chance = seeded(seed);
      let { ledger, seat, state } = begin(chance);
      const sent: Summary[] = [];
      for (let step = 0; step < STEPS; step += 1) {
        const changed = ledger.move();
        if (seat.tells(changed)) sent.push(changed);
        if (sent.length > 0 && chance() < 0.7) state = told(state, pick(chance, sent));
      }
      state = after(state, frame(seat.read(ledger)), frame(seat.read(ledger)));

      expect(shown(state), `history ${seed}`).toEqual(fresh(ledger));
    }
  });

  test("comes right with a snapshot when what the agent may see has changed", () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const chance = seeded(seed);
      let { ledger, seat, state } = begin(chance);
      let version = 1;
      for (let turn = 0; turn < 4; turn += 1) {
        for (let step = 0; step < STEPS / 4; step += 1) {
          const changed = ledger.move();
          if (seat.tells(changed)) state = told(state, changed);
        }
        const moved = { ...profile, departments: [pick(chance, DIRECTORY.departments).id] };
        seat = new Seat(moved);
        version += 1;
        state = after(state, frame(setUp(moved, version)), frame(seat.read(ledger)));
        const now = inView(startBoard(id, moved, new Seat(moved).read(ledger)));

        expect(shown(state), `history ${seed}, turn ${turn}`).toEqual(now);
      }
    }
  });

  test("shows the same after a reconnect", () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      let { ledger, seat, state } = begin(seeded(seed));
      for (let step = 0; step < STEPS; step += 1) ledger.move();
      state = after(state, frame(welcome(seat.read(ledger), id)));

      expect(shown(state), `history ${seed}`).toEqual(fresh(ledger));
    }
  });
});
