import type { Summary } from "@prek/wire";
import { isWrapUp, ownConversations, waitingLine } from "../board";
import { unansweredSince, unread } from "../threads";
import { useShown } from "./context";

export function Lists() {
  const { state, t } = useShown();
  const mine = ownConversations(state.board);
  const line = waitingLine(state.board);
  const profile = state.directory?.agents.find(({ id }) => id === state.board.me);
  return (
    <nav class="lists" aria-label={t("mine")}>
      <section>
        <h2>
          {t("mine")} <small>{t("mine_load", { n: mine.length, max: profile?.capacity ?? 0 })}</small>
        </h2>
        {mine.length === 0 && <p class="empty">{t("mine_empty")}</p>}
        <ul>{mine.map((summary) => <Mine key={summary.conversation} summary={summary} />)}</ul>
      </section>
      <section>
        <h2>
          {t("line")} <small>{t("line_count", { n: line.length })}</small>
        </h2>
        {line.length === 0 && <p class="empty">{t("line_empty")}</p>}
        <ol>{line.map((summary, n) => <Waiting key={summary.conversation} summary={summary} place={n + 1} />)}</ol>
      </section>
    </nav>
  );
}

function Mine({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, topic, span, now } = useShown();
  const id = summary.conversation;
  const thread = state.threads[id];
  const count = unread(thread);
  const since = unansweredSince(thread);
  const what = isWrapUp(summary, state.board.me)
    ? t("state_wrapup")
    : summary.handover !== null
      ? t("state_handover")
      : since !== null
        ? t("awaits_reply", { time: span(now - Date.parse(since)) })
        : t("answered");
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-current={state.selected === id}
        onClick={() => desk.dispatch({ type: "select", conversation: id })}
      >
        <strong>{topic(summary.topic)}</strong>
        {count > 0 && <span class="unread">{t("unread", { n: count })}</span>}
        <small>{what}{summary.away_since !== null && ` · ${t("citizen_away")}`}</small>
      </button>
    </li>
  );
}

function Waiting({ summary, place }: { readonly summary: Summary; readonly place: number }) {
  const { desk, t, topic, department, span, now, agent } = useShown();
  const named = topic(summary.topic);
  return (
    <li class="waiting">
      <div>
        <strong>{place}. {named}</strong>
        <small>
          {department(summary.department)} · <span lang={summary.language}>{summary.language}</span> ·{" "}
          {t("waited_for", { time: span(now - Date.parse(summary.entered_at)) })}
          {summary.offer !== null && ` · ${t("offered_to", { name: agent(summary.offer.agent) })}`}
        </small>
      </div>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        aria-label={t("take_named", { topic: named })}
        onClick={() =>
          desk.act({ type: "take_over", conversation: summary.conversation, epoch: summary.epoch })
        }
      >
        {t("take")}
      </button>
    </li>
  );
}
