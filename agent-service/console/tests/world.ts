/** A small ledger and desk for the law: conversations that change, and what a console is shown. */
import type { AgentProfile, DSnapshot, Summary } from "@prek/wire";
import { isInLine } from "../src/board";
import { ARCHIVE_CHOICES, OUTCOMES } from "../src/classifying";
import { AGENTS, DIRECTORY, NOW, snapshot, summary } from "./sample";

export type Chance = () => number;

/** The same numbers for the same seed (Park and Miller's generator). */
export function seeded(seed: number): Chance {
  let state = seed * 7919 + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

export function pick<T>(chance: Chance, from: readonly T[]): T {
  return from[Math.floor(chance() * from.length)] as T;
}

export function shuffled<T>(chance: Chance, from: readonly T[]): T[] {
  return from
    .map((item) => [chance(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

type Change = Partial<Summary> | null;

const LATER = "2026-11-24T09:01:00Z";
const nobody = { owner: null, offer: null, handover: null, wrapup: null, consulted: [] };
/** Back where it came from: in line, or among the written questions. */
const back = ({ due_at }: Summary) => (due_at === null ? "waiting" : "written");

/** What may happen to a conversation; null when it cannot in its state. */
const MOVES: readonly ((now: Summary, chance: Chance, id: string) => Change)[] = [
  ({ state }, chance, id) =>
    state === "waiting" || state === "written"
      ? { state: "offered", offer: { id, agent: anyone(chance), deadline: LATER, handover: null } }
      : null,
  ({ state, offer, epoch }) =>
    state === "offered" && offer !== null
      ? { ...nobody, state: "active", owner: offer.agent, epoch: epoch + 1 }
      : null,
  (now) =>
    now.state === "offered" && now.offer !== null
      ? { state: back(now), offer: null, missed: [...now.missed, now.offer.agent] }
      : null,
  ({ state, handover, owner }, chance, id) =>
    state === "active" && handover === null
      ? { handover: { ...toward(chance), id, from_agent: owner ?? "" } }
      : null,
  ({ handover, offer }, chance, id) =>
    handover !== null && offer === null
      ? {
          offer: {
            id,
            agent: handover.agent ?? anyone(chance),
            deadline: LATER,
            handover: handover.id,
          },
        }
      : null,
  ({ handover, offer, epoch }) =>
    handover !== null && offer !== null
      ? { ...nobody, owner: offer.agent, epoch: epoch + 1, department: handover.department }
      : null,
  ({ handover }) => (handover !== null ? { handover: null, offer: null } : null),
  (now) =>
    now.state === "active" ? { ...nobody, state: back(now), epoch: now.epoch + 1 } : null,
  ({ state, due_at, epoch }) =>
    state !== "closed" && due_at === null
      ? { ...nobody, state: "written", due_at: LATER, receipt: "SA-0000-0000", epoch: epoch + 1 }
      : null,
  ({ state, consulted }, chance) =>
    state === "active" && consulted.length === 0 ? { consulted: [anyone(chance)] } : null,
  ({ consulted }) => (consulted.length > 0 ? { consulted: [] } : null),
  ({ state }, chance) =>
    state === "waiting"
      ? { topic: "snow", department: pick(chance, DIRECTORY.departments).id }
      : null,
  ({ state, alarm }) =>
    state === "closed" ? null : { alarm: alarm === null ? "danger" : null },
  ({ state, epoch, owner }, chance) => {
    const taker = anyone(chance);
    return state !== "closed" && taker !== owner
      ? { ...nobody, state: "active", owner: taker, epoch: epoch + 1 }
      : null;
  },
  ({ state, owner }) =>
    state === "closed"
      ? null
      : {
          ...nobody,
          state: "closed",
          wrapup: owner === null ? null : { agent: owner, until: LATER },
        },
  ({ wrapup }) => (wrapup !== null ? { wrapup: null } : null),
  ({ state, wrapup }, chance) =>
    state === "closed" && wrapup !== null
      ? { outcome: pick(chance, OUTCOMES), archive: pick(chance, ARCHIVE_CHOICES) }
      : null,
  ({ glimpses }, chance) => {
    const agent = anyone(chance);
    return { glimpses: [...glimpses.filter((one) => one.agent !== agent), { agent, until: LATER }] };
  },
  // A leader puts it in another line; an offer of the former line is over.
  (now, chance) => {
    const { department } = now;
    const to = pick(chance, DIRECTORY.departments).id;
    return isInLine(now) && to !== department
      ? { state: back(now), department: to, offer: null, epoch: now.epoch + 1 }
      : null;
  },
  ({ away_since, state }) =>
    state === "closed" ? null : { away_since: away_since === null ? NOW : null },
];

function anyone(chance: Chance): string {
  return pick(chance, AGENTS).id;
}

function toward(chance: Chance) {
  const agent = chance() < 0.5 ? null : pick(chance, AGENTS);
  const department = agent?.departments[0] ?? pick(chance, DIRECTORY.departments).id;
  return { agent: agent?.id ?? null, department, requested_at: NOW, deadline: LATER };
}

/** The truth. */
export class Ledger {
  readonly all = new Map<string, Summary>();
  private made = 0;

  constructor(private readonly chance: Chance) {}

  /** Something happens; returns the changed conversation. */
  move(): Summary {
    for (;;) {
      const live = [...this.all.values()].filter(
        ({ state, wrapup }) => state !== "closed" || wrapup !== null,
      );
      if (live.length === 0 || (live.length < 12 && this.chance() < 0.15)) return this.open();
      const now = pick(this.chance, live);
      const change = pick(this.chance, MOVES)(now, this.chance, `o${(this.made += 1)}`);
      if (change !== null) return this.set({ ...now, ...change, version: now.version + 1 });
    }
  }

  private open(): Summary {
    const department = pick(this.chance, DIRECTORY.departments).id;
    return this.set(summary(`c${(this.made += 1)}`, { department }));
  }

  private set(next: Summary): Summary {
    this.all.set(next.conversation, next);
    return next;
  }
}

/**
 * One console's place at the desk: the rule of `agent_service.core.view`, and for leaders also
 * what colleagues have, which `take_over` lets them take.
 */
export class Seat {
  private readonly shown = new Set<string>();
  constructor(private readonly profile: AgentProfile) {}

  private leads(department: string): boolean {
    const { roles, departments } = this.profile;
    return roles.includes("supervisor") || (roles.includes("leader") && departments.includes(department));
  }

  read(ledger: Ledger): DSnapshot {
    const all = [...ledger.all.values()];
    const mine = all.filter((one) => this.concerns(one));
    const line = all.filter((one) => this.inLine(one) && !this.concerns(one));
    this.shown.clear();
    for (const one of [...mine, ...line]) this.shown.add(one.conversation);
    return snapshot(mine, line);
  }

  /** Whether the console is told: what it is shown, and for the last time what leaves. */
  tells(changed: Summary): boolean {
    const before = this.shown.has(changed.conversation);
    const now = this.concerns(changed) || this.inLine(changed);
    if (now) this.shown.add(changed.conversation);
    else this.shown.delete(changed.conversation);
    return now || before;
  }

  private concerns(summary: Summary): boolean {
    const { state, owner, offer, handover, wrapup, consulted, department } = summary;
    const { id } = this.profile;
    return (
      (state === "active" && (owner === id || this.leads(department))) ||
      offer?.agent === id ||
      handover?.agent === id ||
      wrapup?.agent === id ||
      consulted.includes(id)
    );
  }

  private inLine({ state, department }: Summary): boolean {
    const waits = state === "waiting" || state === "offered" || state === "written";
    const { roles, departments } = this.profile;
    return (
      waits &&
      (this.leads(department) || (roles.includes("agent") && departments.includes(department)))
    );
  }
}
