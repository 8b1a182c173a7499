/** Where the agent writes to the citizen. */
import { checkText, findNumbers, MAX_TEXT_BYTES, type Summary, utf8Bytes } from "@prek/wire";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useWantedFocus } from "../focus";
import { ariaKeys } from "../keys";
import { draftOf } from "../model";
import { isWritten } from "../board";
import { beginsSearch, inserted } from "../replies";
import { AttachButton, ChosenFiles, rulesOf, useChosen } from "./attach";
import { useShown } from "./context";
import { ReplyPicker, useReplies, useUnfilled } from "./replies";
import { AnswerWay } from "./written";

export function Composer({ summary }: { readonly summary: Summary }) {
  const { desk, state, question, ask, t, number: numberIn } = useShown();
  const { conversation } = summary;
  const replies = useReplies(summary);
  const files = useChosen(conversation);
  const sending = desk.attaching.isSending(conversation);
  const field = useRef<HTMLTextAreaElement>(null);
  const [held, hold] = useState(false);
  useWantedFocus(field, "message", conversation);
  const text = draftOf(state, conversation).reply;
  const number = numberIn(text);
  const over = utf8Bytes(text) - MAX_TEXT_BYTES;
  const write = (reply: string) =>
    desk.dispatch({ type: "draft", conversation, draft: { reply } });
  const unfilled = useUnfilled(text);
  const searches = question === "replies" && !replies.isEmpty;
  /** Whether a `/` was typed, which is given back if nothing is chosen. */
  const slash = useRef(false);
  const search = (typed: boolean) => {
    slash.current = typed;
    ask("replies");
  };
  useSlash(field, !replies.isEmpty, () => search(true));
  /** Words in the place of what is marked in the field, or where its caret is. */
  const putIn = (words: string, back: boolean) => {
    const element = field.current;
    slash.current = false;
    ask(null);
    if (element === null) return;
    const { selectionStart: from, selectionEnd: to } = element;
    const now = inserted(draftOf(desk.state, conversation).reply, { from, to }, words);
    write(now.text);
    // Now and not with the redraw, which would leave the caret at the end.
    element.value = now.text;
    if (back) element.focus();
    element.setSelectionRange(now.caret, now.caret);
  };
  const leaveSearch = (typed: string, back: boolean) => {
    if (slash.current) return putIn(`/${typed}`, back);
    ask(null);
    if (back) field.current?.focus();
  };
  /** `anyway`: the writer has seen that a number will be taken out. */
  const send = (anyway: boolean) => {
    // The state and not what was drawn: a key may come before the redraw.
    const words = draftOf(desk.state, conversation).reply;
    const says = checkText(words) === null;
    if (sending || (!says && files.length === 0)) return;
    if (says && !anyway && findNumbers(words).length > 0) return hold(true);
    hold(false);
    field.current?.focus();
    // Words go after the files they are about, and stay in the field if one of those did not go.
    void sendAll(says ? words : null);
  };
  const sendAll = async (words: string | null) => {
    if (files.length > 0 && !(await desk.sendFiles(conversation))) return;
    if (words === null || draftOf(desk.state, conversation).reply !== words) return;
    const now = desk.state.board.known[conversation]?.summary ?? summary;
    const seen = now.last_seq.dialogue ?? 0;
    desk.act({ type: "send", conversation, text: words, epoch: now.epoch, seen });
    write("");
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send(false);
      }}
    >
      {searches && (
        <ReplyPicker
          summary={summary}
          replies={replies}
          insert={(words) => putIn(words, true)}
          leave={leaveSearch}
        />
      )}
      {held && number !== "" && <Held number={number} sendAnyway={() => send(true)} edit={() => hold(false)} field={field} />}
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
        lang={summary.language}
        spellcheck
        onInput={(event) => {
          write(event.currentTarget.value);
          desk.typing(conversation);
        }}
        onPaste={(event) => {
          const data = event.clipboardData;
          // Text that was copied with a picture of itself is pasted as text.
          if (data === null || data.files.length === 0 || data.types.includes("text/plain")) return;
          event.preventDefault();
          desk.attaching.choose(conversation, data.files, rulesOf(state));
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing) return;
          event.preventDefault();
          send(false);
        }}
      />
      <ChosenFiles conversation={conversation} />
      <div class="buttons">
        <p id="reply-help" class="hint">{t("reply_note")}</p>
        {!replies.isEmpty && (
          <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            aria-haspopup="listbox"
            aria-expanded={searches}
            aria-keyshortcuts={ariaKeys("replies")}
            // The search keeps the keyboard, so that a second click closes it.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => (searches ? leaveSearch("", true) : search(false))}
          >
            {t("replies")}
          </button>
        )}
        <AttachButton conversation={conversation} />
        <button class="ds-button" type="submit" aria-disabled={sending}>{t("send")}</button>
      </div>
      <p role="status" class="warning">
        {number !== "" && !held && t("warn_number", { what: number })} {over > 0 && t("text_long", { n: over })}{" "}
        {unfilled}
      </p>
    </form>
  );
}

/** A `/` where a search may begin is not written, but opens the list. */
function useSlash(
  field: RefObject<HTMLTextAreaElement | null>,
  any: boolean,
  open: () => void,
): void {
  useEffect(() => {
    const element = field.current;
    if (element === null || !any) return undefined;
    // Listened to by name: not every browser knows it as a property, which Preact goes by.
    const onBefore = (event: InputEvent) => {
      const before = element.value.slice(0, element.selectionStart);
      if (event.data !== "/" || event.isComposing || !beginsSearch(before)) return;
      event.preventDefault();
      open();
    };
    element.addEventListener("beforeinput", onBefore);
    return () => element.removeEventListener("beforeinput", onBefore);
  });
}

interface HeldProps {
  readonly number: string;
  readonly sendAnyway: () => void;
  readonly edit: () => void;
  readonly field: { readonly current: HTMLTextAreaElement | null };
}

/** Asked once before a text with a number leaves that will be taken out of it. */
function Held({ number, sendAnyway, edit, field }: HeldProps) {
  const { t } = useShown();
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus(), []);
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
      <p>{t("warn_number", { what: number })}</p>
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
