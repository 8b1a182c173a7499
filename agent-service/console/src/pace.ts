/** When the screen is drawn again: at once, but what comes in a rush together, so often at most. */
import type { Message } from "./model";

/**
 * Whether nobody's key or click has brought it about, so that more of it may follow at once: what
 * the desk tells, and that its words have been on screen.
 */
export function comesByItself({ type }: Pick<Message, "type">): boolean {
  return type === "frame" || type === "seen";
}

/** Sooner after the last drawing, in ms, what nobody's key waits for waits for more of its kind. */
export const BETWEEN_MS = 50;

/** Time, timers, and whether anybody can see the page. */
export interface Surroundings {
  now(): number;
  hidden(): boolean;
  setTimer(callback: () => void, ms: number): number;
  clearTimer(timer: number): void;
}

const browser: Surroundings = {
  now: () => performance.now(),
  hidden: () => document.hidden,
  setTimer: (callback, ms) => window.setTimeout(callback, ms),
  clearTimer: (timer) => window.clearTimeout(timer),
};

/** Calls `draw` for what has changed, soon and not too often. */
export class Pace {
  private drawnAt = -Infinity;
  private timer: number | null = null;

  constructor(
    private readonly draw: () => void,
    private readonly env: Surroundings = browser,
  ) {}

  /** Something changed. `rushed`: it came by itself, and more may follow. */
  changed(rushed: boolean): void {
    const wait = this.drawnAt + BETWEEN_MS - this.env.now();
    // Timers of a page that nobody sees come late, and an offer must be heard at once.
    if (!rushed || wait <= 0 || this.env.hidden()) return this.now();
    this.timer ??= this.env.setTimer(() => this.now(), wait);
  }

  /** Draw, whatever the time. */
  now(): void {
    this.stop();
    this.drawnAt = this.env.now();
    this.draw();
  }

  /** Draw no more of what has changed so far. */
  stop(): void {
    if (this.timer !== null) this.env.clearTimer(this.timer);
    this.timer = null;
  }
}
