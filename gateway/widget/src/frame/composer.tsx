/** The field: Enter sends, Shift+Enter is a new line; warns before a number is sent. */
import { MAX_TEXT_BYTES, utf8Bytes } from "@prek/wire";
import { useEffect, useRef } from "preact/hooks";
import { fill } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { AttachButton, ChosenFiles, pasteFiles } from "./attach";
import { Plane } from "./icons";
import { textsOf, warnLine } from "./wording";

/** What is left is said only when it is little. */
const SAY_LEFT_BELOW = 500;

export function Composer({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const field = useRef<HTMLTextAreaElement>(null);
  const left = MAX_TEXT_BYTES - utf8Bytes(state.draft);
  const tooLong = left < 0;
  const room = tooLong
    ? texts.too_long
    : left < SAY_LEFT_BELOW
      ? fill(texts.left, { n: left })
      : "";

  const submit = (event: Event) => {
    event.preventDefault();
    session.submit();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While a character is being composed, Enter ends the composing.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  return (
    <form class="composer" onSubmit={submit}>
      {state.warning && (
        <Warning state={state} session={session} onSend={() => session.submit(true)} />
      )}
      <ChosenFiles state={state} session={session} />
      <label class="ds-label" for="text">
        {texts.write}
      </label>
      <div class="field">
        <textarea
          id="text"
          ref={field}
          class="ds-input"
          rows={2}
          value={state.draft}
          aria-describedby="text-help text-room"
          aria-invalid={tooLong}
          autocomplete="off"
          enterkeyhint="send"
          onInput={(event) => session.typed(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => pasteFiles(event, (files) => session.filing.choose(files))}
        />
        <button type="submit" class="ds-button send" disabled={tooLong}>
          <Plane />
          <span>{texts.send}</span>
        </button>
      </div>
      <p id="text-room" class={tooLong ? "help wrong" : "help"} role="status">
        {room}
      </p>
      <div class="under">
        <AttachButton state={state} session={session} />
        <p id="text-help" class="help keys">
          {texts.write_help}
        </p>
      </div>
    </form>
  );
}

interface WarningProps extends ViewProps {
  readonly onSend: () => void;
}

/** The writer is warned, and chooses. */
export function Warning({ state, session, onSend }: WarningProps) {
  const texts = textsOf(state);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <div class="ds-alert warning" data-color="warning" role="group" aria-labelledby="warning-text">
      <p id="warning-text">{warnLine(state)}</p>
      <div class="choices">
        <button
          ref={first}
          type="button"
          class="ds-button"
          data-size="sm"
          onClick={() => {
            session.dispatch({ kind: "warning_closed" });
            document.querySelector<HTMLElement>("textarea")?.focus();
          }}
        >
          {texts.warn_edit}
        </button>
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          data-size="sm"
          onClick={() => {
            onSend();
            document.querySelector<HTMLElement>("textarea")?.focus();
          }}
        >
          {texts.warn_send}
        </button>
      </div>
    </div>
  );
}
