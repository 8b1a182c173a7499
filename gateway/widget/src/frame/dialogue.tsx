/** The dialogue: greeting, what was said, what is on its way, who is typing. */
import { linkify, type WireEvent } from "@prek/wire";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { localized } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { Clock, Down, Tick } from "./icons";
import { pendingSends, phaseOf, type State } from "./state";
import { clockTime, dayOf, departmentName, eventLine, textsOf, typingLine } from "./wording";

/** Within so many pixels of the end the view follows what comes. */
const NEAR_END = 80;

export function Dialogue({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const scroller = useRef<HTMLElement>(null);
  const following = useRef(true);
  const [below, setBelow] = useState(false);
  const pending = pendingSends(state);
  const typing = typingLine(state);
  const delayed = state.busy || state.line !== "ready";
  const underway = delayed ? texts.tick_waiting : texts.tick_sending;

  const toEnd = () => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    if (following.current || pending.length > 0) toEnd();
    else setBelow(true);
  }, [state.events.length, pending.length, typing, state.visible]);

  useEffect(() => {
    // A warning or a keyboard on the screen makes the room smaller: the end stays in view.
    const watcher = new ResizeObserver(() => {
      if (following.current) toEnd();
    });
    if (scroller.current !== null) watcher.observe(scroller.current);
    return () => watcher.disconnect();
  }, []);

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    following.current = left < NEAR_END;
    if (following.current) setBelow(false);
  };

  return (
    <main class="dialogue" ref={scroller} onScroll={onScroll} tabIndex={0} aria-label={texts.log}>
      <Greeting state={state} session={session} />
      <div role="log" aria-label={texts.log} aria-relevant="additions">
        <ol>
          {state.events.map((event, index) => (
            <Row key={event.id} state={state} event={event} before={state.events[index - 1]} />
          ))}
          {pending.map(({ id, text, accepted }) => (
            <li key={id} class="said mine">
              <Words text={text} />
              <p class="foot">
                <span class="ds-sr-only">{texts.you}. </span>
                {accepted ? <Tick twice={false} /> : <Clock />}
                <span>{accepted ? texts.tick_accepted : underway}</span>
              </p>
              {state.masked.has(id) && <p class="aside">{texts.masked}</p>}
            </li>
          ))}
        </ol>
      </div>
      <p class="typing" role="status">
        <bdi>{typing}</bdi>
      </p>
      {below && (
        <button type="button" class="ds-button newer" data-size="sm" onClick={toEnd}>
          {texts.newer}
          <Down />
        </button>
      )}
    </main>
  );
}

function Greeting({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const fresh = phaseOf(state) === "new";
  const topics = state.setup?.topics ?? [];
  return (
    <div class="greeting">
      <div class="said theirs">
        <p class="hello">{texts.greeting}</p>
        <p>{texts.greeting_how}</p>
        {fresh && state.setup?.staffed === false && <p>{texts.unstaffed}</p>}
      </div>
      <p class="privacy">{texts.privacy}</p>
      {fresh && topics.length > 0 && (
        <fieldset class="topics">
          <legend>{texts.topics}</legend>
          {topics.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              class="chip"
              aria-pressed={state.topic === id}
              onClick={() => {
                session.dispatch({ kind: "topic", topic: state.topic === id ? null : id });
                document.querySelector<HTMLElement>("textarea")?.focus();
              }}
            >
              {localized(name, state.language)}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

interface RowProps {
  readonly state: State;
  readonly event: WireEvent;
  readonly before: WireEvent | undefined;
}

function Row({ state, event, before }: RowProps) {
  const day = dayOf(state, event.time);
  const newDay = before === undefined || dayOf(state, before.time) !== day;
  if (event.body.kind !== "message") {
    const line = eventLine(state, event);
    if (line === null && !newDay) return null;
    return (
      <li class="happened">
        {newDay && <p class="day">{day}</p>}
        {line !== null && (
          <p>
            <bdi>{line}</bdi> <time dateTime={event.time}>{clockTime(state, event.time)}</time>
          </p>
        )}
      </li>
    );
  }
  return (
    <li class={event.mine ? "said mine" : "said theirs"}>
      {newDay && <p class="day">{day}</p>}
      {!event.mine && <Name state={state} event={event} />}
      <Words text={event.body.text} />
      <p class="foot">
        {event.mine && <span class="ds-sr-only">{textsOf(state).you}. </span>}
        {event.mine && <Tick twice />}
        {event.mine && <span class="ds-sr-only">{textsOf(state).tick_archived}, </span>}
        <time dateTime={event.time}>{clockTime(state, event.time)}</time>
      </p>
      {event.body.masked > 0 && event.mine && <p class="aside">{textsOf(state).masked}</p>}
    </li>
  );
}

function Name({ state, event }: Pick<RowProps, "state" | "event">) {
  const { name, department } = event.author;
  const place = departmentName(state, department);
  return (
    <p class="name">
      <bdi>{name}</bdi>
      {place !== "" && <span>, {place}</span>}
    </p>
  );
}

/** Somebody's words: text nodes only, kept apart from the direction of what is around them. */
function Words({ text }: { readonly text: string }) {
  return (
    <p class="words">
      <bdi>
        {linkify(text).map((segment, index) =>
          segment.kind === "text" ? (
            segment.text
          ) : (
            <a
              key={index}
              class="ds-link"
              href={segment.href}
              target="_blank"
              rel="noopener noreferrer nofollow"
            >
              {segment.text}
            </a>
          ),
        )}
      </bdi>
    </p>
  );
}
