/** The dialogue: greeting, what was said, who is typing, and where the view stands in it. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ViewProps } from "./app";
import { Greeting } from "./greeting";
import { Down } from "./icons";
import { Log } from "./log";
import { Receipt } from "./receipt";
import { heardOf, pendingSends } from "./state";
import { textsOf, typingLine } from "./wording";

/** Within so many pixels of the end the view follows what comes. */
const NEAR_END = 80;

export function Dialogue({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const typing = typingLine(state);
  const { scroller, content, below, toEnd } = useEnd(
    state.events.length,
    heardOf(state),
    pendingSends(state).length + state.uploads.filter(({ stage }) => stage === "failed").length,
    typing,
    state.visible,
  );
  return (
    <section class="dialogue" ref={scroller} tabIndex={0} aria-label={texts.log}>
      <div class="content" ref={content}>
        <Greeting state={state} session={session} />
        <Log state={state} session={session} />
        <Receipt state={state} session={session} />
      </div>
      <p class="typing" role="status">
        <bdi>{typing}</bdi>
      </p>
      {below && (
        <button
          type="button"
          class="ds-button newer"
          data-size="sm"
          onClick={() => {
            toEnd();
            scroller.current?.focus();
          }}
        >
          {texts.newer}
          <Down />
        </button>
      )}
    </section>
  );
}

/**
 * Keeps the end in view while the citizen is there, and says when something came below. A window
 * where nothing is said yet stays at its beginning, where the greeting is.
 */
function useEnd(events: number, heard: number, pending: number, typing: string, visible: boolean) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const shown = useRef({ events, heard, pending });
  const [below, setBelow] = useState(false);

  // Where the window is very low, not the dialogue but the whole document scrolls.
  const scrolled = () => [scroller.current, document.scrollingElement].filter((e) => e !== null);
  const toEnd = () => {
    for (const element of scrolled()) element.scrollTop = element.scrollHeight;
  };
  const atEnd = () =>
    scrolled().every((e) => e.scrollHeight - e.scrollTop - e.clientHeight < NEAR_END);
  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = { events, heard, pending };
    if (events + pending === 0) {
      setBelow(false);
      for (const element of scrolled()) element.scrollTop = 0;
    } else if (following.current || pending > before.pending) toEnd();
    // What only happened, or is the citizen's own, is nothing to be called down to.
    else if (heard > before.heard && !atEnd()) setBelow(true);
  }, [events, heard, pending, typing, visible]);

  useEffect(() => {
    const onScroll = () => {
      following.current = atEnd();
      if (following.current) setBelow(false);
    };
    // A warning or a keyboard makes the room smaller, a note under a text makes the text longer.
    const watcher = new ResizeObserver(() => {
      const { events, pending } = shown.current;
      if (following.current && events + pending > 0) toEnd();
    });
    const room = scroller.current?.parentElement ?? null;
    for (const each of [room, scroller.current, content.current]) {
      if (each !== null) watcher.observe(each);
    }
    // A scroll event does not bubble, but it can be caught on its way down.
    addEventListener("scroll", onScroll, true);
    return () => {
      watcher.disconnect();
      removeEventListener("scroll", onScroll, true);
    };
  }, []);
  return { scroller, content, below, toEnd };
}
