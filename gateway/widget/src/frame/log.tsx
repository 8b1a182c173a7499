/** What was said and what happened, in order, with what is on its way last. */
import { linkify, type Author, type WireEvent } from "@prek/wire";
import { useEffect, useMemo, useState } from "preact/hooks";
import { fill } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { AttachedFile, UploadBubble } from "./attachment";
import { clockTime, dayOf } from "./dates";
import type { Upload } from "./files";
import { Clock, Tick } from "./icons";
import { isCutOff, pendingSends, type State } from "./state";
import { departmentName, eventLine, maskedLine, textsOf } from "./wording";

export function Log({ state, session }: ViewProps) {
  const spoken = useSpoken(state);
  const cutOff = isCutOff(state);
  // Every key that is pressed draws the window anew; the rows are made again only when they change.
  const rows = useMemo(
    () => rowsOf({ state, session }),
    [
      state.events,
      state.read,
      state.outbox,
      state.uploads,
      state.conversation,
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
function rowsOf({ state, session }: ViewProps) {
  const said = state.events.map((event, index) => {
    const before = state.events[index - 1];
    const today = dayOf(state, event.time);
    const day = before !== undefined && dayOf(state, before.time) === today ? null : today;
    const { body, mine, id } = event;
    if (body.kind !== "message" && body.kind !== "attached") {
      return <Happened key={id} state={state} event={event} day={day} />;
    }
    return (
      <Said
        key={id}
        state={state}
        author={mine ? null : event.author}
        masked={mine && body.masked > 0 ? maskedLine(state, state.masked.get(id)) : null}
        day={day}
        foot={<Delivered state={state} event={event} />}
      >
        {body.kind === "message" ? (
          <Words text={body.text} />
        ) : (
          <AttachedFile state={state} session={session} body={body} mine={mine} />
        )}
      </Said>
    );
  });
  const underway = pendingSends(state).map((pending) => {
    const { id, accepted } = pending;
    const kinds = state.masked.get(id);
    const upload = "upload" in pending ? pending.upload : null;
    return (
      <Said
        key={id}
        state={state}
        author={null}
        masked={kinds === undefined ? null : maskedLine(state, kinds)}
        day={null}
        foot={<Underway state={state} accepted={accepted} upload={upload} />}
      >
        {"upload" in pending ? (
          <UploadBubble state={state} session={session} upload={pending.upload} />
        ) : (
          <Words text={pending.text} />
        )}
      </Said>
    );
  });
  const failed = state.uploads
    .filter(({ stage }) => stage === "failed")
    .map((upload) => (
      <Said
        key={upload.id}
        state={state}
        author={null}
        masked={null}
        day={null}
        foot={<span>{textsOf(state).file_not_sent}</span>}
      >
        <UploadBubble state={state} session={session} upload={upload} />
      </Said>
    ));
  return [...said, ...underway, ...failed];
}

interface SaidProps {
  readonly state: State;
  readonly children: preact.ComponentChildren;
  /** Null: the citizen's own. */
  readonly author: Author | null;
  /** What was removed from it, in words. */
  readonly masked: string | null;
  /** A day that begins with this message. */
  readonly day: string | null;
  readonly foot: preact.ComponentChild;
}

function Said({ state, children, author, masked, day, foot }: SaidProps) {
  const texts = textsOf(state);
  return (
    <li class={author === null ? "said mine" : "said theirs"}>
      {day !== null && <p class="day">{day}</p>}
      {author === null ? (
        <p class="ds-sr-only">{texts.you}</p>
      ) : (
        <Name state={state} author={author} />
      )}
      {children}
      <p class="foot" aria-live="off">
        {foot}
      </p>
      {masked !== null && (
        <p class="aside" aria-live="off">
          {masked}
        </p>
      )}
    </li>
  );
}

interface UnderwayProps {
  readonly state: State;
  readonly accepted: boolean;
  /** Of a file. */
  readonly upload: Upload | null;
}

function Underway({ state, accepted, upload }: UnderwayProps) {
  const texts = textsOf(state);
  const delayed = state.busy || isCutOff(state);
  const uploading =
    upload?.stage === "sending"
      ? fill(texts.file_sending, { n: Math.round(upload.part * 100) })
      : upload?.stage === "queued" && !delayed
        ? texts.file_waiting
        : null;
  const underway = uploading ?? (delayed ? texts.tick_waiting : texts.tick_sending);
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
      {event.mine && event.seq <= state.read && <span>{textsOf(state).tick_read}</span>}
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
