/** The questions of leaders to the desk over HTTP, and the hook that repeats one. */
import { useEffect, useRef, useState } from "preact/hooks";
import { request } from "../questions";
import { answered, failed, NOT_ASKED, pause, type Polled, type Wrong } from "./polling";

/** Figures of a whole year take their time, in ms. */
export const COUNTED_WITHIN_MS = 60_000;

export type Answer<T> = { readonly answer: T } | { readonly wrong: Wrong };

/** Ask; resolves in every case, to the answer or the code of what is wrong. */
export async function ask<T>(path: string, within_ms?: number): Promise<Answer<T>> {
  const response = await request("GET", path, undefined, within_ms);
  // A proxy on the way answers in its own words, and a lost line in none.
  const body = (await response?.json().catch(() => null)) as T | { code?: unknown } | null;
  if (response === null || body === null) return { wrong: "unreachable" };
  if (response.ok) return { answer: body as T };
  const { code } = body as { code?: unknown };
  return { wrong: typeof code === "string" ? code : "unreachable" };
}

export interface Asked<T> {
  readonly polled: Polled<T>;
  /** Ask now: something was just changed. */
  readonly again: () => void;
}

/** Ask every two seconds while the page is in view, slower while it fails. */
export function useRepeated<T>(path: string): Asked<T> {
  const [polled, setPolled] = useState<Polled<T>>(NOT_ASKED);
  const again = useRef<() => void>(() => undefined);
  useEffect(() => {
    let timer = 0;
    let round = 0;
    let last: Polled<T> = NOT_ASKED;
    const look = async () => {
      window.clearTimeout(timer);
      // An answer that a later question has overtaken says nothing.
      const mine = (round += 1);
      const got = await ask<T>(path);
      if (mine !== round) return;
      last = "answer" in got ? answered(got.answer, Date.now()) : failed(last, got.wrong);
      setPolled(last);
      if (document.visibilityState === "visible") timer = window.setTimeout(look, pause(last));
    };
    const onSight = () => {
      if (document.visibilityState === "visible") void look();
      else window.clearTimeout(timer);
    };
    again.current = () => void look();
    document.addEventListener("visibilitychange", onSight);
    void look();
    return () => {
      round = Number.NaN;
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", onSight);
    };
  }, [path]);
  return { polled, again: () => again.current() };
}
