/** What the leaders' board shows, as pure functions of the desk's answer, the set-up and the time. */
import type { AgentProfile, DPresence, Summary, TenantDirectory } from "@prek/wire";
import { isInLine, isWritten } from "../board";
import { mayDecide } from "../glass";
import type { State } from "../model";
import { type Led, leadsIn } from "../rights";

/** One department's line; as `BoardLine` of the contracts. */
export interface Line {
  readonly department: string;
  readonly waiting: number;
  readonly oldest_entered_at: string | null;
  readonly active: number;
  readonly written: number;
  readonly overdue: number;
  readonly alarms: number;
  /** Live conversations begun in the last two hours, and those of them within the target. */
  readonly answered: number;
  readonly within_target: number;
}

export interface Seat {
  readonly agent: string;
  /** null: not to be had now. `offline`: at no desk. */
  readonly presence: DPresence["presence"] | null;
  readonly reason: string;
  readonly misses: number;
  readonly changed_at: string | null;
  readonly load: number;
  readonly capacity: number;
  readonly departments: readonly string[];
}

/** The answer of `GET /api/board`. */
export interface BoardAnswer {
  readonly now: string;
  readonly target_s: number;
  readonly lines: readonly Line[];
  readonly agents: readonly Seat[];
}

export type Totals = Omit<Line, "department">;

const NOTHING: Totals = {
  waiting: 0,
  oldest_entered_at: null,
  active: 0,
  written: 0,
  overdue: 0,
  alarms: 0,
  answered: 0,
  within_target: 0,
};

/** All lines together. */
export function totals(lines: readonly Line[]): Totals {
  return lines.reduce(
    (sum, line) => ({
      waiting: sum.waiting + line.waiting,
      oldest_entered_at: earlier(sum.oldest_entered_at, line.oldest_entered_at),
      active: sum.active + line.active,
      written: sum.written + line.written,
      overdue: sum.overdue + line.overdue,
      alarms: sum.alarms + line.alarms,
      answered: sum.answered + line.answered,
      within_target: sum.within_target + line.within_target,
    }),
    NOTHING,
  );
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) <= Date.parse(b) ? a : b;
}

/** How long the one who has waited longest has waited by now, in ms; null: nobody waits. */
export function longestWait(
  { oldest_entered_at }: Pick<Line, "oldest_entered_at">,
  now: number,
): number | null {
  return oldest_entered_at === null ? null : Math.max(0, now - Date.parse(oldest_entered_at));
}

/** A share from 0 to 1; null: there was nothing to take a share of. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Departments where somebody has waited longer than the target (s). */
export function overTarget(
  lines: readonly Line[],
  target_s: number,
  now: number,
): readonly string[] {
  return lines
    .filter((line) => (longestWait(line, now) ?? 0) > target_s * 1_000)
    .map(({ department }) => department);
}

/** Which column of the lines is sorted by, and whether the highest stands first. */
export interface Sorting {
  readonly column: "department" | "waiting" | "longest" | "share" | "active" | "written" | "alarms";
  readonly descending: boolean;
}

/** Compare two lines; equal ones stand by their names, so that the order is one. */
export function byColumn(
  { column, descending }: Sorting,
  name: (department: string) => string,
): (a: Line, b: Line) => number {
  const alphabetical = (a: Line, b: Line) => name(a.department).localeCompare(name(b.department));
  if (column === "department") {
    return (a, b) => (descending ? alphabetical(b, a) : alphabetical(a, b));
  }
  const value = (line: Line): number => {
    switch (column) {
      case "longest":
        // The earlier the longer; nobody waiting is the shortest.
        return line.oldest_entered_at === null
          ? Number.NEGATIVE_INFINITY
          : -Date.parse(line.oldest_entered_at);
      case "share":
        return share(line.within_target, line.answered) ?? Number.NEGATIVE_INFINITY;
      default:
        return line[column];
    }
  };
  return (a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === other) return alphabetical(a, b);
    return one < other === descending ? 1 : -1;
  };
}

/**
 * The rows' order after an update: whoever was on screen stays where they were, the gone leave, and
 * what is new stands where the order would have it. Only asking to sort moves a row.
 */
export function keptOrder<T extends object | string>(
  before: readonly string[],
  rows: readonly T[],
  id: (row: T) => string,
  compare: (a: T, b: T) => number,
): readonly T[] {
  const byId = new Map(rows.map((row) => [id(row), row]));
  const order = before.flatMap((each) => {
    const row = byId.get(each);
    return row === undefined ? [] : [row];
  });
  const known = new Set(before);
  for (const fresh of rows.filter((row) => !known.has(id(row)))) {
    const at = order.findIndex((row) => compare(fresh, row) < 0);
    order.splice(at === -1 ? order.length : at, 0, fresh);
  }
  return order;
}

/** How an agent knows a topic: as asked, at a lower level, or only by belonging there. */
export type Knows = "asked" | "lower" | "member";

export interface Able {
  readonly seat: Seat;
  readonly knows: Knows;
  /** 1-5; 0 without the skill. */
  readonly level: number;
  /** Places that could be filled now: none of one who is not available. */
  readonly free: number;
}

/** Free places of an agent: what the routing could fill now. */
export function freePlaces({ presence, load, capacity }: Seat): number {
  return presence === "available" ? Math.max(0, capacity - load) : 0;
}

/** Who could answer about a topic, the free and most able first. An unknown topic has nobody. */
export function ableFor(
  topic: string,
  seats: readonly Seat[],
  directory: Pick<TenantDirectory, "topics" | "agents">,
): readonly Able[] {
  const asked = directory.topics.find(({ id }) => id === topic);
  if (asked === undefined) return [];
  const profiles = new Map(directory.agents.map((profile) => [profile.id, profile]));
  return seats
    .flatMap((seat) => {
      const level = levelOf(profiles.get(seat.agent), topic);
      if (level === 0 && !seat.departments.includes(asked.department)) return [];
      const knows: Knows = level === 0 ? "member" : level >= asked.level ? "asked" : "lower";
      return [{ seat, knows, level, free: freePlaces(seat) }];
    })
    .sort(
      (a, b) =>
        Number(b.free > 0) - Number(a.free > 0) ||
          b.level - a.level ||
        b.free - a.free ||
        (a.seat.agent < b.seat.agent ? -1 : 1),
    );
}

function levelOf(profile: AgentProfile | undefined, topic: string): number {
  return profile?.skills[`topic:${topic}`] ?? 0;
}

/** What a conversation is doing, as leaders ask for it. */
export type Doing = "waiting" | "active" | "written";

export function doing(summary: Summary): Doing {
  if (summary.state === "active") return "active";
  return isWritten(summary) ? "written" : "waiting";
}

/** The conversations of what one leads that are not over. */
export function ledConversations(known: readonly Summary[], led: Led): readonly Summary[] {
  return known.filter(
    (summary) =>
      leadsIn(led, summary.department) && (isInLine(summary) || summary.state === "active"),
  );
}

const DOING: readonly Doing[] = ["waiting", "active", "written"];

/** Alarms first, then who waits, who is being helped, and the written: each by their own clock. */
export function byUrgency(a: Summary, b: Summary): number {
  return (
    Number(b.alarm !== null) - Number(a.alarm !== null) ||
    DOING.indexOf(doing(a)) - DOING.indexOf(doing(b)) ||
    Date.parse(a.due_at ?? a.entered_at) - Date.parse(b.due_at ?? b.entered_at) ||
    (a.conversation < b.conversation ? -1 : 1)
  );
}

/** Whether this leader may put it in another line: nobody has it yet, and no wall is between. */
export function mayMove(summary: Summary, state: State): boolean {
  return isInLine(summary) && mayDecide(summary, state);
}

/** Whether this leader may whisper: somebody else has it, and no wall is between. */
export function mayWhisper(summary: Summary, state: State): boolean {
  const { owner } = summary;
  const theirs = owner !== null && owner !== state.board.me;
  return summary.state === "active" && theirs && mayDecide(summary, state);
}
