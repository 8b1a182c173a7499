/** What the owner can do with a conversation. What cannot be undone is asked about first. */
import type { Summary } from "@prek/wire";
import { useEffect, useRef } from "preact/hooks";
import { ariaKeys } from "../keys";
import { useShown } from "./context";

export function Actions({ summary }: { readonly summary: Summary }) {
  const { desk, question, ask, t } = useShown();
  const { conversation, epoch, handover } = summary;
  return (
    <>
      <div class="actions" role="group" aria-label={t("actions")}>
        {handover === null && (
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            aria-expanded={question === "handover"}
            aria-keyshortcuts={ariaKeys("handover")}
            onClick={() => ask(question === "handover" ? null : "handover")}
          >
            {t("handover")} …
          </button>
        )}
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          aria-expanded={question === "requeue"}
          onClick={() => ask(question === "requeue" ? null : "requeue")}
        >
          {t("requeue_short")} …
        </button>
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          data-color="danger"
          aria-expanded={question === "close"}
          aria-keyshortcuts={ariaKeys("close")}
          onClick={() => ask(question === "close" ? null : "close")}
        >
          {t("close")} …
        </button>
      </div>
      {handover !== null && <Pending summary={summary} />}
      {question === "close" && (
        <Sure
          color="danger"
          text={t("close_confirm")}
          yes={t("close_yes")}
          act={() => desk.act({ type: "close", conversation, epoch })}
        />
      )}
      {question === "requeue" && (
        <Sure
          color="accent"
          text={t("requeue_confirm")}
          yes={t("requeue")}
          act={() => desk.act({ type: "requeue", conversation, epoch })}
        />
      )}
    </>
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
  readonly color: "danger" | "accent";
  readonly text: string;
  readonly yes: string;
  readonly act: () => void;
}

function Sure({ color, text, yes, act }: SureProps) {
  const { ask, t } = useShown();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
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
        <button
          type="button"
          class="ds-button"
          ref={button}
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
