/** The left column: own conversations, what is on its way, the waiting line, colleagues'. */
import type { Summary } from "@prek/wire";
import type { JSX } from "preact";
import {
  advising,
  calledFor,
  isWritten,
  ownConversations,
  waitingLine,
  withColleagues,
  writtenQuestions,
} from "../board";
import { select, takeOver } from "../commands";
import { mayTake } from "../glass";
import { firstWords, lastSaid, saying, unread } from "../threads";
import { type Said, type Telling, useShown } from "./context";
import { Language } from "./offers";
import { groundOf, rowOf, Still } from "./still";
import { Suggestion } from "./topic";
import { Marks, Turn, turnOf } from "./turn";
import { dueOf } from "./written";

type RowOf = (props: { readonly summary: Summary }) => JSX.Element;
/** What a row says by the clock alone: nothing else of it changes as time passes. */
type Moment = (summary: Summary, shown: Telling) => readonly unknown[];

const noMoment: Moment = () => [];
const otherMoment: Moment = (summary, shown) => [dueOf(summary, shown)?.words];
const waitingMoment: Moment = (summary, shown) => [
  waitedOf(summary, shown).words,
  dueOf(summary, shown)?.words,
];
const mineMoment: Moment = (summary, shown) => [
  isTyping(summary, shown),
  turnOf(summary, shown)?.words,
  turnOf(summary, shown)?.tone,
  dueOf(summary, shown)?.words,
];

export function Lists() {
  const shown = useShown();
  const { state, t, language, span, now } = shown;
  const ground = groundOf(state, language);
  /** Rows of one kind; a row that would look the same is left as it stands. */
  const rows = (Row: RowOf, moment: Moment) => (summary: Summary) => {
    const of = [...ground, ...rowOf(state, summary.conversation), ...moment(summary, shown)];
    return (
      <Still key={summary.conversation} of={of} shown={shown.shown}>
        <Row summary={summary} />
      </Still>
    );
  };
  const waits = rows(Waiting, waitingMoment);
  const mine = ownConversations(state.board);
  const called = calledFor(state.board);
  const asked = advising(state.board);
  const line = waitingLine(state.board);
  const written = writtenQuestions(state.board);
  const others = withColleagues(state.board);
  const longest = Math.min(...line.map(({ entered_at }) => Date.parse(entered_at)));
  return (
    <nav class="lists" aria-label={t("pane_list")}>
      <section>
        <h2>{t("mine")}</h2>
        {mine.length === 0 && <p class="empty">{t("mine_empty")}</p>}
        <ul>{mine.map(rows(Mine, mineMoment))}</ul>
      </section>
      {called.length > 0 && (
        <section>
          <h2>{t("called")}</h2>
          <ul>{called.map(rows(Called, noMoment))}</ul>
        </section>
      )}
      {asked.length > 0 && (
        <section>
          <h2>{t("advising")}</h2>
          <ul>{asked.map(rows(Advised, noMoment))}</ul>
        </section>
      )}
      <section>
        <h2>
          {t("line")}{" "}
          {line.length > 0 && (
            <small>
              {t("line_count", { n: line.length })} · {t("line_longest", { time: span(now - longest) })}
            </small>
          )}
        </h2>
        {line.length === 0 && <p class="empty">{t("line_empty")}</p>}
        <ol>{line.map(waits)}</ol>
      </section>
      {written.length > 0 && (
        <section>
          <h2>{t("written")} <small>{written.length}</small></h2>
          <ol>{written.map(waits)}</ol>
        </section>
      )}
      {others.length > 0 && (
        <section>
          <h2>{t("others")} <small>{others.length}</small></h2>
          <ul>{others.map(rows(Other, otherMoment))}</ul>
        </section>
      )}
    </nav>
  );
}

/** One's own: what it is about, the latest words, and whose turn it is. */
function Mine({ summary }: { readonly summary: Summary }) {
  const shown = useShown();
  const { desk, state, t, title } = shown;
  const id = summary.conversation;
  const thread = state.threads[id];
  const count = unread(thread);
  const typing = isTyping(summary, shown);
  const last = lastSaid(thread);
  const said = saying(last);
  // Its only words are its title already.
  const repeats = summary.topic === null && said === firstWords(thread);
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-current={state.selected === id}
        onClick={() => select(desk, id)}
      >
        <strong>{title(summary)}</strong>
        {count > 0 && (
          <span class="unread">
            {count}
            <span class="visually-hidden"> {t("unread_label")}</span>
          </span>
        )}
        <span class="preview">
          {typing
            ? t("typing", { name: t("citizen") })
            : !repeats && (
                <>
                  {last?.author.kind === "agent" && `${last.mine ? t("you") : last.author.name}: `}
                  <bdi>{said}</bdi>
                </>
              )}
        </span>
        <Turn summary={summary} />
      </button>
    </li>
  );
}

function isTyping({ conversation }: Summary, { state, now }: Telling): boolean {
  return (state.threads[conversation]?.typing?.until ?? 0) > now;
}

/** A colleague has asked for this agent; the offer comes when there is a free place. */
function Called({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, title, agent } = useShown();
  const from = summary.handover?.from_agent ?? "";
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-current={state.selected === summary.conversation}
        onClick={() => select(desk, summary.conversation)}
      >
        <strong>{title(summary)}</strong>
        <span class="preview">{t("called_by", { name: agent(from) })}</span>
      </button>
    </li>
  );
}

/** The owner asks for advice: read along, and write notes. */
function Advised({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, title, agent } = useShown();
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-current={state.selected === summary.conversation}
        onClick={() => select(desk, summary.conversation)}
      >
        <strong>{title(summary)}</strong>
        <span class="preview">{t("advising_by", { name: agent(summary.owner ?? "") })}</span>
      </button>
    </li>
  );
}

/** In the line, or among the written questions: nobody has it yet. */
function Waiting({ summary }: { readonly summary: Summary }) {
  const shown = useShown();
  const { desk, state, ask, t, title, department, agent } = shown;
  const waited = waitedOf(summary, shown);
  return (
    <li class="waiting">
      <button
        type="button"
        class="row"
        aria-current={state.selected === summary.conversation}
        onClick={() => desk.dispatch({ type: "select", conversation: summary.conversation })}
      >
        <strong>{title(summary)}</strong>
        <span class="preview">
          {department(summary.department)}
          <Language of={summary} />
        </span>
        <span class="turns">
          <Marks summary={summary} />
          {!isWritten(summary) && (
            <span class="turn" data-tone={waited.tone}>{waited.words}</span>
          )}
          {summary.follows !== null && (
            <span class="turn" data-tone="neutral">{t("follows")}</span>
          )}
          {summary.offer !== null && (
            <span class="turn" data-tone="info">{t("offered_to", { name: agent(summary.offer.agent) })}</span>
          )}
          {summary.away_since !== null && !isWritten(summary) && (
            <span class="turn" data-tone="neutral">{t("citizen_away")}</span>
          )}
        </span>
      </button>
      {mayTake(summary, state) && (
        <button
          type="button"
          class="ds-button take"
          data-variant="secondary"
          aria-label={t("take_named", { topic: title(summary) })}
          onClick={() => takeOver(desk, summary)}
        >
          {t("take")}
        </button>
      )}
      <div class="beside">
        <Suggestion summary={summary} />
        <button
          type="button"
          class="suggestion"
          aria-label={t("why_named", { topic: title(summary) })}
          onClick={() => {
            desk.dispatch({ type: "select", conversation: summary.conversation });
            ask("why");
          }}
        >
          {t("why")}
        </button>
      </div>
    </li>
  );
}

/** How long somebody in line has waited by now. */
function waitedOf({ entered_at }: Summary, { state, t, span, now }: Telling): Said {
  const waited = now - Date.parse(entered_at);
  const late = waited > (state.directory?.timing.target_s ?? 60) * 1_000;
  const words = t("waited_for", { time: span(waited) });
  return late
    ? { tone: "danger", words: `${words} · ${t("over_target")}` }
    : { tone: "neutral", words };
}

function Other({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, title, department, agent } = useShown();
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-current={state.selected === summary.conversation}
        onClick={() => desk.dispatch({ type: "select", conversation: summary.conversation })}
      >
        <strong>{title(summary)}</strong>
        <span class="preview">
          {t("with_owner", { name: agent(summary.owner ?? "") })} · {department(summary.department)}
        </span>
        <span class="turns"><Marks summary={summary} /></span>
      </button>
    </li>
  );
}
