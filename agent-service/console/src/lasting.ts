/** How long a sign-in lasts: when to warn of its end, and what can be done about it. */
import type { Lasts, Session } from "./model";
import type { Key } from "./texts";

/** What the server says of a session. */
export interface SessionAnswer {
  readonly agent: string;
  readonly name: string;
  readonly tenant: string;
  readonly left_s: number;
  readonly warn_s: number;
  readonly extendable: boolean;
  readonly again: string | null;
}

/** Read it; `now`: this browser's clock, in ms. */
export function readSession(answer: unknown, now: number): Session {
  const { agent, name, tenant, left_s, warn_s, extendable, again } = answer as SessionAnswer;
  const lasts = { endsAt: now + left_s * 1_000, warnMs: warn_s * 1_000, extendable, again };
  return { agent, name, tenant, lasts };
}

/** Whether it is time to warn. */
export function isEnding({ endsAt, warnMs }: Lasts, now: number): boolean {
  return now >= endsAt - warnMs;
}

/** What is given to it: the server, the desk, and the other tabs. */
export interface Surroundings {
  readonly request: (method: string, path: string) => Promise<Response | null>;
  /** Who is signed in; null: nobody is. */
  readonly session: () => Session | null;
  /** It lasts longer, or no longer than was thought. */
  readonly renewed: (session: Session) => void;
  /** The server knows it no more. */
  readonly ended: () => void;
  readonly others: Pick<BroadcastChannel, "postMessage" | "onmessage">;
}

/**
 * Keeps what is known of the end true. The tabs of a browser have one cookie, and so one session:
 * what one of them extends, the others hear of, and ask the server for themselves. Who heard
 * nothing asks when it would warn.
 */
export class Lasting {
  private timer = 0;

  constructor(private readonly env: Surroundings) {
    env.others.onmessage = () => void this.look();
  }

  /** A session begins here, or is known to last so long: ask again when it is time to warn. */
  follow({ endsAt, warnMs }: Lasts): void {
    clearTimeout(this.timer);
    const untilWarned = endsAt - warnMs - Date.now();
    if (untilWarned > 0) this.timer = setTimeout(() => void this.look(), untilWarned) as never;
  }

  /** Tell the other tabs that there is something new to be asked for. */
  tell(): void {
    this.env.others.postMessage(null);
  }

  /** Last longer, because a person said so; returns null, or what is wrong. */
  async extend(): Promise<Key | null> {
    const answer = await this.env.request("POST", "/api/session/extend");
    if (answer?.status === 401) this.env.ended();
    // Rules that changed meanwhile: then the warning says something else.
    if (answer?.status === 409) await this.look();
    if (answer?.ok !== true) return "session_not_extended";
    this.env.renewed(readSession(await answer.json(), Date.now()));
    this.tell();
    return null;
  }

  private async look(): Promise<void> {
    if (this.env.session() === null) return;
    const answer = await this.env.request("GET", "/api/session");
    if (answer?.ok !== true) return;
    const told = readSession(await answer.json(), Date.now());
    const ours = this.env.session();
    if (ours === null) return;
    const same = told.agent === ours.agent && told.tenant === ours.tenant;
    // Another agent's cookie now: what is done with it says nothing of ours, which goes on to its end.
    const lasts = same ? told.lasts : { ...ours.lasts, extendable: false, again: null };
    this.env.renewed({ ...ours, lasts });
  }
}
