/** What a leader can do about one conversation from the board. */
import { checkText, type Summary } from "@prek/wire";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isInLine, isOwned } from "../board";
import { mayAsk, takeOver } from "../commands";
import { mayDecide, mayTake } from "../glass";
import { draftOf } from "../model";
import type { Key } from "../texts";
import { Reasons } from "../views/why";
import { mayMove, mayWhisper } from "./board-model";
import { useWords } from "./words";

/** While it is on screen it is asked again so often, in ms. */
const ASK_EVERY_MS = 5_000;

type Asked = "why" | "whisper" | "move";

interface RowActionsProps {
  readonly summary: Summary;
  /** Close what is open, and give the keyboard back to the row. */
  readonly close: () => void;
}

export function RowActions({ summary, close }: RowActionsProps) {
  const { desk, state, ask, t } = useWords();
  const [asked, setAsked] = useState<Asked | null>(null);
  const first = useRef<HTMLDivElement>(null);
  // Before the next key is heard: what is typed at once must not be lost.
  useLayoutEffect(() => first.current?.querySelector("button")?.focus(), []);
  const active = summary.state === "active";
  const possible: Readonly<Record<Asked, boolean>> = {
    why: isInLine(summary) || summary.handover !== null,
    whisper: mayWhisper(summary, state),
    move: mayMove(summary, state),
  };
  const question = (of: Asked, label: Key) =>
    possible[of] && (
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        aria-expanded={asked === of}
        onClick={() => setAsked(asked === of ? null : of)}
      >
        {t(label)}
      </button>
    );
  const go = (label: Key, act: () => void) => (
    <button
      type="button"
      class="ds-button"
      data-variant="secondary"
      onClick={() => {
        act();
        goToDesk();
      }}
    >
      {t(label)}
    </button>
  );
  const { conversation } = summary;
  const show = () => desk.dispatch({ type: "select", conversation });
  return (
    <div class="row-actions" onKeyDown={(event) => event.key === "Escape" && close()}>
      <div class="buttons" ref={first}>
        {question("why", "why")}
        {go(active ? "board_listen" : "show_conversation", show)}
        {question("whisper", "whisper_to")}
        {question("move", "move_to")}
        {mayTake(summary, state) &&
          !isOwned(summary, state.board.me) &&
          go(active ? "take_over" : "take", () => takeOver(desk, summary))}
        {summary.alarm !== null && mayDecide(summary, state) && (
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => {
              desk.act({ type: "clear_alarm", conversation });
              close();
            }}
          >
            {t("alarm_clear")}
          </button>
        )}
        {mayAsk("block", summary, state) &&
          go("board_block", () => {
            show();
            ask("block");
          })}
      </div>
      {asked === "why" && possible.why && <Why summary={summary} />}
      {asked === "whisper" && possible.whisper && <Whisper summary={summary} close={close} />}
      {asked === "move" && possible.move && <Move summary={summary} close={close} />}
    </div>
  );
}

/** To the desk, where the conversation is on screen; the keyboard goes with it. */
function goToDesk(): void {
  // After the place was changed: the dialogue is not there before.
  const arrive = () => setTimeout(() => document.getElementById("dialogue")?.focus());
  addEventListener("hashchange", arrive, { once: true });
  location.hash = "";
}

/** The routing's latest word, asked again while it is looked at. */
function Why({ summary: { conversation, version } }: { readonly summary: Summary }) {
  const { desk, state, t } = useWords();
  useEffect(() => {
    const again = () => void desk.explain(conversation);
    again();
    const clock = window.setInterval(again, ASK_EVERY_MS);
    return () => window.clearInterval(clock);
  }, [conversation, version]);
  const answer = state.whys[conversation] ?? "asking";
  return (
    <section class="row-why" aria-label={t("why")}>
      {typeof answer === "string" ? (
        <p role="status">{t(`why_${answer}`)}</p>
      ) : (
        <Reasons why={answer} />
      )}
    </section>
  );
}

interface FormProps {
  readonly label: string;
  readonly yes: string;
  readonly close: () => void;
  readonly submit: () => void;
  readonly children: ComponentChildren;
}

function Form({ label, yes, close, submit, children }: FormProps) {
  const { t } = useWords();
  return (
    <form
      class="inline-form"
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
      <div class="buttons">
        <button class="ds-button" type="submit">{yes}</button>
        <button class="ds-button" type="button" data-variant="tertiary" onClick={close}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}

/** To the owner's eyes alone: a note that is shown to them at once. */
function Whisper({ summary, close }: RowActionsProps) {
  const { desk, state, t, agent, number } = useWords();
  const { conversation, owner } = summary;
  // Kept like everything half-written; and what was refused is there again.
  const text = draftOf(state, conversation).whisper;
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const send = () => {
    // As typed by now, and not as last drawn.
    const words = field.current?.value ?? "";
    const wrong = checkText(words) !== null;
    setMissing(wrong);
    if (wrong) return field.current?.focus();
    desk.act({ type: "note", conversation, text: words, whisper: true });
    desk.dispatch({ type: "draft", conversation, draft: { whisper: "" } });
    close();
  };
  return (
    <Form label={t("whisper_to")} yes={t("whisper_send")} close={close} submit={send}>
      <label class="grows">
        {t("whisper_words", { name: agent(owner ?? "") })}
        <textarea
          class="ds-input"
          rows={2}
          ref={field}
          value={text}
          aria-invalid={missing}
          aria-describedby="whisper-hint whisper-wrong"
          onInput={({ currentTarget: { value } }) => {
            desk.dispatch({ type: "draft", conversation, draft: { whisper: value } });
            setMissing(false);
          }}
        />
      </label>
      <p id="whisper-hint" class="hint">{t("whisper_hint")}</p>
      <p id="whisper-wrong" role="alert" class="error">
        {missing && t("whisper_missing")}{" "}
        {number(text) !== "" && t("warn_number", { what: number(text) })}
      </p>
    </Form>
  );
}

/** To another department's line, at its old place. */
function Move({ summary, close }: RowActionsProps) {
  const { desk, state, t, department } = useWords();
  const { conversation, epoch } = summary;
  const [to, setTo] = useState("");
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLSelectElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const move = () => {
    setMissing(to === "");
    if (to === "") return field.current?.focus();
    desk.act({ type: "move", conversation, department: to, epoch });
    close();
  };
  return (
    <Form label={t("move_to")} yes={t("move_yes")} close={close} submit={move}>
      <label>
        {t("handover_to")}
        <select
          class="ds-input"
          ref={field}
          value={to}
          aria-invalid={missing}
          aria-describedby="move-hint move-wrong"
          onChange={({ currentTarget: { value } }) => {
            setTo(value);
            setMissing(false);
          }}
        >
          <option value="">{t("handover_choose")}</option>
          {state.directory?.departments
            .filter(({ id }) => id !== summary.department)
            .map(({ id, confidential }) => (
              <option key={id} value={id}>
                {department(id)}
                {confidential && ` (${t("confidential")})`}
              </option>
            ))}
        </select>
      </label>
      <p id="move-hint" class="hint">{t("move_hint")}</p>
      <p id="move-wrong" role="alert" class="error">{missing && t("handover_missing")}</p>
    </Form>
  );
}
