/** The desk's own notes: never shown to the citizen, and looking like nothing the citizen sees. */
import { checkText } from "@prek/wire";
import { useRef } from "preact/hooks";
import { useWantedFocus } from "../focus";
import { ariaKeys } from "../keys";
import { draftOf } from "../model";
import { eventsOf } from "../threads";
import { useShown } from "./context";
import { EventRow, Words } from "./events";

export function Notes({ conversation }: { readonly conversation: string }) {
  const { desk, state, t, number } = useShown();
  const field = useRef<HTMLTextAreaElement>(null);
  useWantedFocus(field, "note", conversation);
  const notes = eventsOf(state.threads[conversation], "desk").filter(
    ({ body }) => body.kind === "note",
  );
  const waiting = state.outbox.entries.flatMap(({ action }) =>
    action.type === "note" && action.conversation === conversation ? [action] : [],
  );
  const text = draftOf(state, conversation).note;
  const add = () => {
    const words = draftOf(desk.state, conversation).note;
    if (checkText(words) !== null) return;
    desk.act({ type: "note", conversation, text: words });
    desk.dispatch({ type: "draft", conversation, draft: { note: "" } });
    field.current?.focus();
  };
  return (
    <section class="notes">
      <h2>{t("notes")}</h2>
      <p class="hint">{t("notes_hint")}</p>
      <ol aria-label={t("notes")}>
        {notes.map((event) => <EventRow key={event.id} conversation={conversation} event={event} />)}
        {waiting.map(({ id, text: words }) => (
          <li key={id} class="message" data-kind="note" data-waits>
            <Words text={words} />
            <p class="mark">{t("tick_sending")}</p>
          </li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <label class="ds-label" for="note">{t("note")}</label>
        <textarea
          class="ds-input"
          id="note"
          rows={2}
          ref={field}
          data-conversation={conversation}
          value={text}
          aria-keyshortcuts={ariaKeys("note")}
          onInput={({ currentTarget: { value } }) =>
            desk.dispatch({ type: "draft", conversation, draft: { note: value } })}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            add();
          }}
        />
        <p role="status" class="warning">
          {number(text) !== "" && t("warn_number", { what: number(text) })}
        </p>
        <button class="ds-button" data-variant="secondary" type="submit">{t("note_add")}</button>
      </form>
    </section>
  );
}
