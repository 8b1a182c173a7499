/** What can be done with the conversation on screen. What cannot be undone is asked about first. */
import type { Summary } from "@prek/wire";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isOwned, isWritten } from "../board";
import { mayAsk, type Question } from "../commands";
import { wantFocus } from "../focus";
import { ariaKeys, type Command } from "../keys";
import { mayNudge, nudge } from "../silence";
import type { Key } from "../texts";
import { awaitsCitizen } from "../threads";
import { isAnswered } from "../written";
import { RaiseAlarm } from "./alarm";
import { useShown } from "./context";

/** Done many times a day. */
const FIRST: readonly Question[] = ["handover", "consult", "later"];
/** Seldom, and one click more away. */
const SELDOM: readonly Question[] = ["requeue", "alarm", "block"];
const LABELS: Readonly<Record<Question, Key>> = {
  replies: "replies",
  handover: "handover",
  consult: "consult",
  later: "later",
  close: "close",
  requeue: "requeue_short",
  alarm: "alarm_raise",
  block: "block",
  why: "why",
};

export function Actions({ summary }: { readonly summary: Summary }) {
  const { state, question, t } = useShown();
  const [more, setMore] = useState(false);
  const owned = isOwned(summary, state.board.me);
  const answered = isAnswered(state.threads[summary.conversation]);
  const possible = (one: Question) => mayAsk(one, summary, state);
  const asks = question !== null && possible(question) ? question : null;
  return (
    <>
      <div class="actions" role="group" aria-label={t("actions")}>
        {FIRST.filter(possible).map((one) => <Ask key={one} question={one} />)}
        {mayNudge(summary, state) && <AskThere summary={summary} />}
        {possible("why") && <Ask question="why" />}
        {possible("close") &&
          (isWritten(summary) ? (
            <Ask question="close" color="accent" label="close_written" main={answered} />
          ) : (
            <Ask question="close" color="danger" />
          ))}
        {SELDOM.some(possible) && (
          <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            aria-expanded={more}
            onClick={() => setMore(!more)}
          >
            {t("more")} <span aria-hidden="true">{more ? "▴" : "▾"}</span>
          </button>
        )}
        {more && SELDOM.filter(possible).map((one) => <Ask key={one} question={one} />)}
      </div>
      {owned && summary.handover !== null && <Pending summary={summary} />}
      {asks === "close" && <Close summary={summary} />}
      {asks === "requeue" && <Requeue summary={summary} />}
      {asks === "later" && <Later summary={summary} />}
      {asks === "alarm" && <RaiseAlarm summary={summary} />}
    </>
  );
}

interface AskProps {
  readonly question: Question;
  readonly color?: "danger" | "accent";
  /** What is to be done next, most likely. */
  readonly main?: boolean;
  readonly label?: Key;
}

function Ask({ question: of, color, main = false, label = LABELS[of] }: AskProps) {
  const { question, ask, t } = useShown();
  return (
    <button
      type="button"
      class="ds-button"
      data-variant={main ? "primary" : "secondary"}
      data-color={color}
      aria-expanded={question === of}
      aria-keyshortcuts={of === "requeue" ? undefined : ariaKeys(of satisfies Command)}
      onClick={() => ask(question === of ? null : of)}
    >
      {t(label)}{of !== "why" && " …"}
    </button>
  );
}

function AskThere({ summary }: { readonly summary: Summary }) {
  const { desk, t } = useShown();
  return (
    <button
      type="button"
      class="ds-button"
      data-variant="secondary"
      aria-keyshortcuts={ariaKeys("nudge")}
      onClick={() => {
        desk.act(nudge(summary));
        // The button is gone with the question: on to where the answer is written.
        wantFocus("message", summary.conversation);
      }}
    >
      {t("nudge")}
    </button>
  );
}

function Close({ summary }: { readonly summary: Summary }) {
  const { desk, state, t } = useShown();
  const { conversation, epoch } = summary;
  const written = isWritten(summary);
  const answered = isAnswered(state.threads[conversation]);
  const text = !written ? "close_confirm" : answered ? "close_written_confirm" : "close_unanswered";
  // Whose last word is the desk's may only be reading: asked first, nobody is cut off.
  const first = !written && mayNudge(summary, state) && awaitsCitizen(state.threads[conversation]);
  return (
    <Sure
      first={first ? { text: t("nudge_first"), act: () => desk.act(nudge(summary)) } : null}
      // An answered question ends as it should; anything else takes something from the citizen.
      color={written && answered ? "accent" : "danger"}
      text={t(text)}
      yes={t(written ? "close_written_yes" : "close_yes")}
      act={() => {
        desk.act({ type: "close", conversation, epoch });
        // The next that is asked for is what became of it.
        wantFocus("outcome", conversation);
      }}
    />
  );
}

function Requeue({ summary }: { readonly summary: Summary }) {
  const { desk, t } = useShown();
  const { conversation, epoch } = summary;
  return (
    <Sure
      color="accent"
      text={t(isWritten(summary) ? "requeue_written" : "requeue_confirm")}
      yes={t(isWritten(summary) ? "requeue_short" : "requeue")}
      act={() => desk.act({ type: "requeue", conversation, epoch })}
    />
  );
}

function Later({ summary: { conversation, epoch } }: { readonly summary: Summary }) {
  const { desk, t } = useShown();
  return (
    <Sure
      color="accent"
      text={t("later_confirm")}
      yes={t("later")}
      act={() => desk.act({ type: "make_written", conversation, epoch })}
    />
  );
}

/** A hand-over that nobody has taken yet; the conversation stays ours meanwhile. */
function Pending({ summary: { conversation, handover } }: { readonly summary: Summary }) {
  const { desk, t, department, agent, span, now } = useShown();
  if (handover === null) return null;
  const to = department(handover.department);
  const whom = handover.agent === null ? to : `${agent(handover.agent)}, ${to}`;
  const left = Date.parse(handover.deadline) - now;
  return (
    <div class="asked ds-alert" data-color="info">
      <p>
        {t("handover_pending", { department: whom })}{" "}
        {left > 0 && t("handover_pending_left", { time: span(left) })}
      </p>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        onClick={() => desk.act({ type: "cancel_handover", conversation, handover: handover.id })}
      >
        {t("handover_cancel")}
      </button>
    </div>
  );
}

interface SureProps {
  /** What may be done before, and then instead. */
  readonly first?: { readonly text: string; readonly act: () => void } | null;
  readonly color: "danger" | "accent";
  readonly text: string;
  readonly yes: string;
  readonly act: () => void;
}

function Sure({ first = null, color, text, yes, act }: SureProps) {
  const { ask, t } = useShown();
  const button = useRef<HTMLButtonElement>(null);
  // At once: the next key is for the question, and not for the field it was asked over.
  useLayoutEffect(() => {
    const before = document.activeElement;
    button.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div
      class="asked"
      data-color={color}
      role="group"
      aria-label={yes}
      onKeyDown={(event) => event.key === "Escape" && ask(null)}
    >
      <p id="sure">{text}</p>
      <div class="buttons">
        {first !== null && (
          <button
            type="button"
            class="ds-button"
            data-color="accent"
            ref={button}
            onClick={() => {
              ask(null);
              first.act();
            }}
          >
            {first.text}
          </button>
        )}
        <button
          type="button"
          class="ds-button"
          data-variant={first === null ? "primary" : "secondary"}
          ref={first === null ? button : null}
          aria-describedby="sure"
          onClick={() => {
            ask(null);
            act();
          }}
        >
          {yes}
        </button>
        <button type="button" class="ds-button" data-variant="tertiary" onClick={() => ask(null)}>
          {t("cancel")}
        </button>
      </div>
    </div>
  );
}
