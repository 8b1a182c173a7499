/** The middle column: one conversation, or what to do while there is none. */
import type { Summary } from "@prek/wire";
import { useEffect, useRef } from "preact/hooks";
import { isConsulted, isInLine, isOwned, isWrapUp } from "../board";
import { takeOver } from "../commands";
import { mayTake } from "../glass";
import { useShown } from "./context";
import { Actions } from "./actions";
import { AlarmBar } from "./alarm";
import { Adviser } from "./consult";
import { DropArea } from "./attach";
import { Composer } from "./composer";
import { Denied, GlassBanner } from "./glass";
import { Log } from "./log";
import { Nudged } from "./nudge";
import { Language } from "./offers";
import { Suggestion } from "./topic";
import { Whispers } from "./whisper";
import { WrapUp } from "./wrapup";
import { Due } from "./written";

export function Dialogue() {
  const { state, t } = useShown();
  const id = state.selected;
  const summary = id === null ? undefined : state.board.known[id]?.summary;
  const mine = summary !== undefined && isOwned(summary, state.board.me);
  const whole = useRef<HTMLElement>(null);
  useEffect(() => {
    // What had the keyboard is gone with its conversation: start again here, not at the page's top.
    if (document.activeElement === document.body) whole.current?.focus();
  }, [id]);
  return (
    <section class="dialogue" id="dialogue" aria-label={t("dialogue")} tabIndex={-1} ref={whole}>
      {summary === undefined ? (
        <Nothing />
      ) : (
        <>
          <Head summary={summary} />
          <GlassBanner summary={summary} />
          <Log key={summary.conversation} conversation={summary.conversation}>
            <Denied summary={summary} />
          </Log>
          <Typing />
          <Foot summary={summary} />
        </>
      )}
      <DropArea conversation={mine ? id : null} />
    </section>
  );
}

function Nothing() {
  const { state, t } = useShown();
  const { presence } = state.own;
  const hint = presence === "forced_away" || presence === "offline" ? "away" : presence;
  return (
    <div class="nothing">
      <h2>{t("dialogue_none")}</h2>
      <p>{t(`presence_hint_${hint}`)}</p>
      <p class="hint">{t("dialogue_none_keys")}</p>
    </div>
  );
}

function Head({ summary }: { readonly summary: Summary }) {
  const { t, title, department, agent, span, now, state } = useShown();
  const { owner } = summary;
  const whose =
    owner === null
      ? t(`state_${summary.state}`)
      : owner === state.board.me
        ? t("with_you")
        : t("with_owner", { name: agent(owner) });
  return (
    <div class="head">
      <div class="what">
        <h2>{title(summary)}</h2>
        <p class="facts">
          {whose} · {department(summary.department)}
          <Language of={summary} /> ·{" "}
          {t("opened_for", { time: span(now - Date.parse(summary.opened_at)) })}
          {summary.follows !== null && ` · ${t("follows")}`}
        </p>
        <div class="turns">
          <Suggestion summary={summary} />
          <Due summary={summary} />
        </div>
      </div>
      <Actions key={summary.conversation} summary={summary} />
      <AlarmBar summary={summary} />
    </div>
  );
}

function Typing() {
  const { state, t, now } = useShown();
  const typing = state.selected === null ? null : state.threads[state.selected]?.typing;
  const name = typing?.author === "citizen" ? t("citizen") : (typing?.author ?? "");
  return (
    <p role="status" class="typing">
      {typing != null && typing.until > now ? t("typing", { name }) : ""}
    </p>
  );
}

/** Where one writes, or why one cannot. */
function Foot({ summary }: { readonly summary: Summary }) {
  const { desk, state, t } = useShown();
  const { conversation } = summary;
  const { me } = state.board;
  if (isOwned(summary, me)) {
    return (
      <>
        <Whispers summary={summary} />
        <Nudged summary={summary} />
        <Composer key={conversation} summary={summary} />
      </>
    );
  }
  if (isWrapUp(summary, me)) return <WrapUp key={conversation} summary={summary} />;
  const waits = isInLine(summary);
  const under = state.outbox.entries.some(
    ({ action }) =>
      action.conversation === conversation &&
      (action.type === "accept" || action.type === "take_over"),
  );
  if (under) return <p class="foot" role="status">{t("reply_wait")}</p>;
  if (isConsulted(summary, me)) return <Adviser key={conversation} summary={summary} />;
  return (
    <div class="foot">
      <p>{t(summary.state === "closed" ? "reply_closed" : "reply_not_yours")}</p>
      {mayTake(summary, state) && (
        <button type="button" class="ds-button" onClick={() => takeOver(desk, summary)}>
          {t(waits ? "take_conversation" : "take_over")}
        </button>
      )}
    </div>
  );
}
