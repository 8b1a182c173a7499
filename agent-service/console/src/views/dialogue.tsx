import { checkText, findNationalIds, utf8Bytes } from "@prek/wire";
import { useEffect, useRef } from "preact/hooks";
import { isOwned } from "../board";
import { EMPTY_DRAFT } from "../model";
import { eventsOf } from "../threads";
import { useShown } from "./context";
import { EventRow, Words } from "./events";

const MOST_BYTES = 8_192;

export function Dialogue() {
  const { desk, state, t, topic, now } = useShown();
  const id = state.selected;
  const summary = id === null ? undefined : state.board.known[id]?.summary;
  const thread = id === null ? undefined : state.threads[id];
  const events = eventsOf(thread, "dialogue");
  const log = useRef<HTMLDivElement>(null);
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
    if (id !== null && events.length > 0 && !document.hidden) desk.dispatch({ type: "seen", conversation: id });
  }, [id, events.length]);
  const waiting = state.outbox.entries.filter(
    ({ action }) => action.type === "send" && action.conversation === id,
  );
  return (
    <main class="dialogue">
      <h2>{summary === undefined ? t("dialogue") : topic(summary.topic)}</h2>
      <div class="log" role="log" aria-label={t("dialogue_log")} tabIndex={0} ref={log}>
        <ol key={id ?? ""}>
          {events.map((event) => <EventRow key={event.id} event={event} />)}
        </ol>
        <ol>
          {waiting.map(({ action, state: sent }) =>
            action.type === "send" ? (
              <li key={action.id} class="message" data-side="desk" data-waits>
                <Words text={action.text} />
                <p class="mark">{t(sent === "accepted" ? "tick_accepted" : "tick_sending")}</p>
              </li>
            ) : null,
          )}
        </ol>
      </div>
      <p role="status" class="typing">
        {thread?.typing != null && thread.typing.until > now
          ? t("typing", { name: thread.typing.author === "citizen" ? t("citizen") : thread.typing.author })
          : ""}
      </p>
      {summary === undefined ? <p class="empty">{t("dialogue_none")}</p> : <Reply key={id} />}
    </main>
  );
}

function Reply() {
  const { desk, state, t } = useShown();
  const id = state.selected ?? "";
  const summary = state.board.known[id]?.summary;
  if (summary === undefined) return null;
  if (!isOwned(summary, state.board.me)) {
    return <p class="empty">{t(summary.state === "closed" ? "reply_closed" : "reply_not_yours")}</p>;
  }
  const text = (state.drafts[id] ?? EMPTY_DRAFT).reply;
  const over = utf8Bytes(text) - MOST_BYTES;
  const send = () => {
    if (checkText(text) !== null) return;
    const seen = summary.last_seq.dialogue ?? 0;
    desk.act({ type: "send", conversation: id, text, epoch: summary.epoch, seen });
    desk.dispatch({ type: "draft", conversation: id, draft: { reply: "" } });
  };
  return (
    <form
      class="reply"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="ds-label" for="message">{t("reply")}</label>
      <textarea
        class="ds-input"
        id="message"
        name="message"
        rows={3}
        value={text}
        aria-describedby="reply-help"
        onInput={(event) => {
          desk.dispatch({ type: "draft", conversation: id, draft: { reply: event.currentTarget.value } });
          desk.typing(id);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="buttons">
        <p id="reply-help">{t("reply_note")}</p>
        <button class="ds-button" type="submit">{t("send")}</button>
      </div>
      <p role="status">
        {findNationalIds(text).length > 0 && t("warn_national_id")} {over > 0 && t("text_long", { n: over })}
      </p>
    </form>
  );
}
