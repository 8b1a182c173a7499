/** What was said and what happened, in order, with what is on its way last. */
import { linkify, type Author, type WireEvent } from "@prek/wire";
import { useEffect, useMemo, useState } from "preact/hooks";
import { clockTime, dayOf } from "./dates";
import { Clock, Tick } from "./icons";
import { isCutOff, pendingSends, type State } from "./state";
import { departmentName, eventLine, textsOf } from "./wording";

export function Log({ state }: { readonly state: State }) {
  const spoken = useSpoken(state);
  const cutOff = isCutOff(state);
  // Every key that is pressed draws the window anew; the rows are made again only when they change.
  const rows = useMemo(
    () => rowsOf(state),
    [
      state.events,
      state.outbox,
      state.masked,
      state.language,
      state.setup,
      state.status,
      state.busy,
      cutOff,
    ],
  );
  return (
    <div
      role="log"
      aria-label={textsOf(state).log}
      aria-live={spoken ? "polite" : "off"}
      aria-relevant="additions"
    >
      <ol>{rows}</ol>
    </div>
  );
}

/** New messages are read aloud; what a resumed conversation held already is not. */
function useSpoken({ line }: State): boolean {
  const [spoken, setSpoken] = useState(false);
  useEffect(() => {
    if (line === "ready") setSpoken(true);
  }, [line]);
  return spoken;
}

/**
 * One list under one kind of key, the action's id: a text keeps its row from "sending" to
 * "delivered", and is read aloud once.
 */
function rowsOf(state: State) {
  const said = state.events.map((event, index) => {
    const before = state.events[index - 1];
    const today = dayOf(state, event.time);
    const day = before !== undefined && dayOf(state, before.time) === today ? null : today;
    return event.body.kind === "message" ? (
      <Message
        key={event.id}
        state={state}
        text={event.body.text}
        author={event.mine ? null : event.author}
        masked={event.mine && event.body.masked > 0}
        day={day}
        foot={<Delivered state={state} event={event} />}
      />
    ) : (
      <Happened key={event.id} state={state} event={event} day={day} />
    );
  });
  const underway = pendingSends(state).map(({ id, text, accepted }) => (
    <Message
      key={id}
      state={state}
      text={text}
      author={null}
      masked={state.masked.has(id)}
      day={null}
      foot={<Underway state={state} accepted={accepted} />}
    />
  ));
  return [...said, ...underway];
}

interface MessageProps {
  readonly state: State;
  readonly text: string;
  /** Null: the citizen's own. */
  readonly author: Author | null;
  readonly masked: boolean;
  /** A day that begins with this message. */
  readonly day: string | null;
  readonly foot: preact.ComponentChild;
}

function Message({ state, text, author, masked, day, foot }: MessageProps) {
  const texts = textsOf(state);
  return (
    <li class={author === null ? "said mine" : "said theirs"}>
      {day !== null && <p class="day">{day}</p>}
      {author === null ? (
        <p class="ds-sr-only">{texts.you}</p>
      ) : (
        <Name state={state} author={author} />
      )}
      <Words text={text} />
      <p class="foot" aria-live="off">
        {foot}
      </p>
      {masked && (
        <p class="aside" aria-live="off">
          {texts.masked}
        </p>
      )}
    </li>
  );
}

function Underway({ state, accepted }: { readonly state: State; readonly accepted: boolean }) {
  const texts = textsOf(state);
  const delayed = state.busy || isCutOff(state);
  const underway = delayed ? texts.tick_waiting : texts.tick_sending;
  return (
    <>
      {accepted ? <Tick twice={false} /> : <Clock />}
      <span>{accepted ? texts.tick_accepted : underway}</span>
    </>
  );
}

function Delivered({ state, event }: { readonly state: State; readonly event: WireEvent }) {
  return (
    <>
      {event.mine && <Tick twice />}
      {event.mine && <span class="ds-sr-only">{textsOf(state).tick_archived}, </span>}
      <time dateTime={event.time}>{clockTime(state, event.time)}</time>
    </>
  );
}

interface HappenedProps {
  readonly state: State;
  readonly event: WireEvent;
  readonly day: string | null;
}

/** Not read aloud: the line under the title says the same, and is. */
function Happened({ state, event, day }: HappenedProps) {
  const line = eventLine(state, event);
  if (line === null && day === null) return null;
  return (
    <li class="happened" aria-live="off">
      {day !== null && <p class="day">{day}</p>}
      {line !== null && (
        <p>
          <bdi>{line}</bdi> <time dateTime={event.time}>{clockTime(state, event.time)}</time>
        </p>
      )}
    </li>
  );
}

function Name({ state, author }: { readonly state: State; readonly author: Author }) {
  const place = departmentName(state, author.department);
  return (
    <p class="name">
      <bdi>{author.name}</bdi>
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
