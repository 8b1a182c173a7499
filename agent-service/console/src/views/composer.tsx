/** Where the agent writes to the citizen. */
import { checkText, findNationalIds, MAX_TEXT_BYTES, type Summary, utf8Bytes } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { useWantedFocus } from "../focus";
import { ariaKeys } from "../keys";
import { draftOf } from "../model";
import { isWritten } from "../board";
import { useShown } from "./context";
import { AnswerWay } from "./written";

export function Composer({ summary }: { readonly summary: Summary }) {
  const { desk, state, t } = useShown();
  const { conversation } = summary;
  const field = useRef<HTMLTextAreaElement>(null);
  const [held, hold] = useState(false);
  useWantedFocus(field, "message", conversation);
  const text = draftOf(state, conversation).reply;
  const number = findNationalIds(text).length > 0;
  const over = utf8Bytes(text) - MAX_TEXT_BYTES;
  const write = (reply: string) =>
    desk.dispatch({ type: "draft", conversation, draft: { reply } });
  /** `anyway`: the writer has seen that a number will be taken out. */
  const send = (anyway: boolean) => {
    // The state and not what was drawn: a key may come before the redraw.
    const words = draftOf(desk.state, conversation).reply;
    if (checkText(words) !== null) return;
    if (!anyway && findNationalIds(words).length > 0) return hold(true);
    hold(false);
    const { epoch, last_seq } = summary;
    desk.act({ type: "send", conversation, text: words, epoch, seen: last_seq.dialogue ?? 0 });
    write("");
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send(false);
      }}
    >
      {held && number && <Held sendAnyway={() => send(true)} edit={() => hold(false)} field={field} />}
      {isWritten(summary) && <AnswerWay summary={summary} />}
      <label class="ds-label" for="message">
        {t(isWritten(summary) ? "reply_written" : "reply")}
      </label>
      <textarea
        class="ds-input"
        id="message"
        name="message"
        rows={2}
        ref={field}
        data-conversation={conversation}
        value={text}
        aria-describedby="reply-help"
        aria-invalid={over > 0}
        aria-keyshortcuts={ariaKeys("reply")}
        onInput={(event) => {
          write(event.currentTarget.value);
          desk.typing(conversation);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing) return;
          event.preventDefault();
          send(false);
        }}
      />
      <div class="buttons">
        <p id="reply-help" class="hint">{t("reply_note")}</p>
        <button class="ds-button" type="submit">{t("send")}</button>
      </div>
      <p role="status" class="warning">
        {number && !held && t("warn_national_id")} {over > 0 && t("text_long", { n: over })}
      </p>
    </form>
  );
}

interface HeldProps {
  readonly sendAnyway: () => void;
  readonly edit: () => void;
  readonly field: { readonly current: HTMLTextAreaElement | null };
}

/** Asked once before a text with a national identity number leaves. */
function Held({ sendAnyway, edit, field }: HeldProps) {
  const { t } = useShown();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const back = () => {
    edit();
    field.current?.focus();
  };
  return (
    <div
      class="ds-alert held"
      data-color="warning"
      role="alert"
      onKeyDown={(event) => event.key === "Escape" && back()}
    >
      <p>{t("warn_national_id")}</p>
      <div class="buttons">
        <button type="button" class="ds-button" ref={button} onClick={sendAnyway}>
          {t("send_masked")}
        </button>
        <button type="button" class="ds-button" data-variant="tertiary" onClick={back}>
          {t("edit_text")}
        </button>
      </div>
    </div>
  );
}
