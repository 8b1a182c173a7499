/** The desk's own notes: never shown to the citizen, and looking like nothing the citizen sees. */
import { checkText, type Summary, type WireEvent } from "@prek/wire";
import { useRef } from "preact/hooks";
import { useWantedFocus } from "../focus";
import { isWalled } from "../glass";
import { ariaKeys } from "../keys";
import { draftOf } from "../model";
import { eventsOf } from "../threads";
import { useShown } from "./context";
import { EventRow, Words } from "./events";

/** What the notes show: what was written there, and who of outside the wall reads them, and why. */
export function isNote({ body }: WireEvent): boolean {
  return body.kind === "note" || body.kind === "glass_broken";
}

export function Notes({ summary }: { readonly summary: Summary }) {
  const { state, t } = useShown();
  const { conversation } = summary;
  const notes = eventsOf(state.threads[conversation], "desk").filter(isNote);
  const waiting = state.outbox.entries.flatMap(({ action }) =>
    action.type === "note" && action.conversation === conversation ? [action] : [],
  );
  return (
    <section class="notes">
      <h2>{t("notes")}</h2>
      <p class="hint">{t("notes_hint")}</p>
      <ol aria-label={t("notes")}>
        {notes.map((event) => <EventRow key={event.id} conversation={conversation} event={event} />)}
        {waiting.map(({ id, text: words, whisper }) => (
          <li key={id} class="message" data-kind="note" data-waits>
            {whisper === true && <p class="by">{t("whisper_own")}</p>}
            <Words text={words} />
            <p class="mark">{t("tick_sending")}</p>
          </li>
        ))}
      </ol>
      {!isWalled(summary, state) && <NewNote conversation={conversation} />}
    </section>
  );
}

/** Whoever only looks in from outside a wall writes none. */
function NewNote({ conversation }: { readonly conversation: string }) {
  const { desk, state, t, number } = useShown();
  const field = useRef<HTMLTextAreaElement>(null);
  useWantedFocus(field, "note", conversation);
  const text = draftOf(state, conversation).note;
  const add = () => {
    const words = draftOf(desk.state, conversation).note;
    if (checkText(words) !== null) return;
    desk.act({ type: "note", conversation, text: words });
    desk.dispatch({ type: "draft", conversation, draft: { note: "" } });
    field.current?.focus();
  };
  return (
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
  );
}
