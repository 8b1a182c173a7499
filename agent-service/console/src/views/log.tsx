/** The messages of one conversation, and those of ours that are on their way. */
import type { WireEvent } from "@prek/wire";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { isSameDay, longDate } from "../clock";
import { eventsOf } from "../threads";
import { useShown } from "./context";
import { EventRow, Words } from "./events";
import { groundOf, Still } from "./still";

/** So near the end, in px, the reader follows what comes. */
const NEAR_END_PX = 80;
const DAY_MS = 86_400_000;

interface LogProps {
  readonly conversation: string;
  /** What stands here where it may not be read. */
  readonly children: ComponentChildren;
}

/** Made anew for every conversation (its key), so that a change of it is not read out as news. */
export function Log({ conversation, children }: LogProps) {
  const { desk, state, t } = useShown();
  const { attaching } = desk;
  const thread = state.threads[conversation];
  const events = eventsOf(thread, "dialogue");
  const waiting = state.outbox.entries.filter(
    ({ action }) =>
      (action.type === "send" || action.type === "send_file") &&
      action.conversation === conversation,
  );
  const { scroller, atEnd, onScroll, toEnd } = useEnd(events.length + waiting.length);
  const inSight = useInSight();
  useEffect(() => {
    if (events.length > 0 && atEnd && inSight) desk.dispatch({ type: "seen", conversation });
  }, [events.length, atEnd, inSight]);
  if (thread?.denied) {
    return (
      <div class="empty log" tabIndex={0} role="group" aria-label={t("dialogue_log")}>
        {children}
      </div>
    );
  }
  return (
    <div class="paper">
      {/* Scrolls, so the keyboard must reach it. */}
      <div class="log" role="group" aria-label={t("dialogue_log")} tabIndex={0} ref={scroller} onScroll={onScroll}>
        <div role="log" aria-label={t("dialogue_log")} aria-busy={thread === undefined}>
          <Days conversation={conversation} events={events} />
        </div>
        <ol aria-label={t("outgoing")}>
          {waiting.map(({ action, state: sent }) => (
            <li key={action.id} class="message" data-side="desk" data-waits>
              {action.type === "send" ? (
                <Words text={action.text} />
              ) : (
                <bdi class="words">
                  {(action.type === "send_file" && attaching.nameOf(action.file)) || t("file_outgoing")}
                </bdi>
              )}
              <p class="mark">
                {sent === "accepted" ? <>✓ {t("tick_accepted")}</> : t("tick_sending")}
              </p>
            </li>
          ))}
        </ol>
      </div>
      {!atEnd && (
        <button type="button" class="ds-button below" onClick={toEnd}>{t("new_below")} ↓</button>
      )}
    </div>
  );
}

interface DaysProps {
  readonly conversation: string;
  readonly events: readonly WireEvent[];
}

/** The events with a line where a new day begins. One that stands there is not drawn again. */
function Days({ conversation, events }: DaysProps) {
  const { shown, state, t, language, now } = useShown();
  // Of the time that passes, only the day is told here.
  const today = longDate(now, language);
  const drawnOf = [...groundOf(state, language), today];
  const begins = useMemo(() => events.map((event, at) => beginsDay(event, events[at - 1])), [events]);
  const named = (time: string) => {
    if (isSameDay(time, now)) return t("today");
    if (isSameDay(time, now - DAY_MS)) return t("yesterday");
    return longDate(time, language);
  };
  return (
    <ol>
      {events.flatMap((event, at) => {
        const before = events[at - 1];
        const line = begins[at] ? [<li key={`day-${event.id}`} class="day">{named(event.time)}</li>] : [];
        return [
          ...line,
          <Still key={event.id} of={[...drawnOf, event, before]} shown={shown}>
            <EventRow conversation={conversation} event={event} before={before} />
          </Still>,
        ];
      })}
    </ol>
  );
}

function beginsDay(event: WireEvent, before: WireEvent | undefined): boolean {
  return before === undefined || !isSameDay(before.time, event.time);
}

/** Follows the end of the log, unless the reader has scrolled up to read. */
function useEnd(length: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const toEnd = () => {
    const element = scroller.current;
    element?.scrollTo({ top: element.scrollHeight });
    setAtEnd(true);
  };
  useLayoutEffect(() => {
    if (!atEnd || scroller.current === null) return undefined;
    toEnd();
    // A banner, or a longer draft, makes the log lower: its end must stay in view.
    const watch = new ResizeObserver(toEnd);
    watch.observe(scroller.current);
    return () => watch.disconnect();
  }, [length, atEnd]);
  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX);
  };
  return { scroller, atEnd, onScroll, toEnd };
}

/** Whether the desk's tab is the one in view: what arrives behind it is not read yet. */
function useInSight(): boolean {
  const [inSight, setInSight] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setInSight(!document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return inSight;
}
