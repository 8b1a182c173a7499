/** A line that is read aloud changes at once when it says something new, and else not too often. */
import { useEffect, useState } from "preact/hooks";

const CALM_MS = 30_000;

export interface Told {
  readonly line: string;
  /** What of the line is always worth saying. */
  readonly steady: string;
  /** When it was said, in ms. */
  readonly at: number;
}

/** How long a line is held back, in ms; 0: it is said now. */
export function holdBack(told: Told, line: string, steady: string, now: number): number {
  if (steady !== told.steady || line === told.line) return 0;
  return Math.max(0, told.at + CALM_MS - now);
}

/** The line to show: the last one told, until the next may be. */
export function useCalm(line: string, steady: string): string {
  const [told, setTold] = useState<Told>(() => ({ line, steady, at: performance.now() }));
  const news = line !== told.line || steady !== told.steady;
  useEffect(() => {
    if (!news) return undefined;
    const tell = () => setTold({ line, steady, at: performance.now() });
    const ms = holdBack(told, line, steady, performance.now());
    if (ms === 0) {
      tell();
      return undefined;
    }
    const timer = setTimeout(tell, ms);
    return () => clearTimeout(timer);
  }, [news, line, steady, told]);
  // What says something new is shown with this drawing already.
  return steady === told.steady ? told.line : line;
}
