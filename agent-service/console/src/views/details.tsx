/** The right column: what is known of the enquiry, handing it over, the desk's own notes. */
import type { Summary, WireEvent } from "@prek/wire";
import { mayAsk } from "../commands";
import { eventsOf } from "../threads";
import { isKey } from "../texts";
import { contactOf } from "../written";
import { chosenFor, isClassifiedAside } from "../classifying";
import { Block } from "./block";
import { Classify } from "./classify";
import { Consult, Consulted } from "./consult";
import { useShown } from "./context";
import { Earlier } from "./earlier";
import { EventRow } from "./events";
import { Handover } from "./handover";
import { isNote, Notes } from "./notes";
import { TopicChoice } from "./topic";
import { WhyPanel } from "./why";

/** Bands below it go first (`services.contracts.Summary`). */
const USUAL_PRIORITY = 5;

export function Details() {
  const { state, question, t } = useShown();
  const summary = state.selected === null ? undefined : state.board.known[state.selected]?.summary;
  if (summary === undefined) return <section class="details" aria-label={t("details")} />;
  const { conversation } = summary;
  const asks = question !== null && mayAsk(question, summary, state) ? question : null;
  const denied = state.threads[conversation]?.denied === true;
  const desk = eventsOf(state.threads[conversation], "desk");
  return (
    <section class="details" aria-label={t("details")}>
      {asks === "handover" && <Handover key={conversation} summary={summary} />}
      {asks === "consult" && <Consult key={conversation} summary={summary} />}
      {asks === "block" && <Block key={conversation} summary={summary} />}
      {asks === "why" && <WhyPanel key={conversation} summary={summary} />}
      <Consulted summary={summary} />
      {/* Whoever may not read it, writes no notes and takes no copy. */}
      {!denied && <Notes key={`notes-${conversation}`} summary={summary} />}
      {isClassifiedAside(summary, state) && !denied && (
        <Classify key={`classify-${conversation}`} summary={summary} />
      )}
      <About summary={summary} />
      {!denied && <Earlier key={`earlier-${conversation}`} summary={summary} />}
      <History conversation={conversation} events={desk.filter((event) => !isNote(event))} />
      {!denied && <Copy conversation={conversation} />}
    </section>
  );
}

function About({ summary }: { readonly summary: Summary }) {
  const { t, department, agent, clock, reference, state } = useShown();
  const language = `lang_${summary.language}`;
  const { priority, preferred_agent, missed } = summary;
  const earlier = state.earlier[summary.conversation];
  const listed =
    typeof earlier === "object" && earlier.some((one) => one.conversation === summary.follows);
  return (
    <section>
      <h2>{t("about")}</h2>
      <dl>
        <dt>{t("topic")}</dt>
        <dd><TopicChoice key={summary.conversation} summary={summary} /></dd>
        <dt>{t("department")}</dt>
        <dd>{department(summary.department)}</dd>
        <dt>{t("enquiry_language")}</dt>
        <dd>{isKey(language) ? t(language) : summary.language}</dd>
        <dt>{t("opened_at")}</dt>
        <dd>{clock(summary.opened_at)}</dd>
        <dt>{t("state")}</dt>
        <dd>{t(`state_${summary.state}`)}</dd>
        {summary.owner !== null && (
          <>
            <dt>{t("owner")}</dt>
            <dd>{summary.owner === state.board.me ? t("you") : agent(summary.owner)}</dd>
          </>
        )}
        {priority < USUAL_PRIORITY && <><dt>{t("priority")}</dt><dd>{t("priority_high")}</dd></>}
        {preferred_agent !== null && (
          <><dt>{t("preferred")}</dt><dd>{agent(preferred_agent)}</dd></>
        )}
        {missed.length > 0 && (
          <><dt>{t("missed_by")}</dt><dd>{missed.map(agent).join(", ")}</dd></>
        )}
        <dt>{t("reference")}</dt>
        <dd>{reference(summary)}</dd>
        <WrittenFacts summary={summary} />
        <Classified summary={summary} />
      </dl>
      {summary.follows !== null && !listed && <Former conversation={summary.follows} />}
    </section>
  );
}

/** What holds for a written question: its number, and where the answer goes. */
function WrittenFacts({ summary }: { readonly summary: Summary }) {
  const { state, t } = useShown();
  const { receipt, answer_by, conversation } = summary;
  const contact = contactOf(state.threads[conversation])?.contact ?? null;
  return (
    <>
      {receipt !== null && <><dt>{t("receipt")}</dt><dd>{receipt}</dd></>}
      {answer_by !== null && <><dt>{t("answer_to")}</dt><dd>{t(`by_${answer_by}`)}</dd></>}
      {contact !== null && <><dt>{t("contact")}</dt><dd><bdi>{contact}</bdi></dd></>}
    </>
  );
}

/** What was said of it at wrap-up. */
function Classified({ summary }: { readonly summary: Summary }) {
  const { state, t } = useShown();
  const { outcome, archive } = chosenFor(summary, state);
  return (
    <>
      {outcome !== null && <><dt>{t("outcome")}</dt><dd>{t(`outcome_${outcome}`)}</dd></>}
      {archive !== null && <><dt>{t("archive")}</dt><dd>{t(`archive_${archive}`)}</dd></>}
    </>
  );
}

/** The citizen's enquiry before this one, for those the ledger lets read it. */
function Former({ conversation }: { readonly conversation: string }) {
  const { t, language } = useShown();
  const address = `/api/conversations/${conversation}/transcript?format=html&language=${language}`;
  return (
    <p>
      {t("follows")}: <a class="ds-link" href={address} download>{t("follows_see")}</a>
    </p>
  );
}

interface HistoryProps {
  readonly conversation: string;
  readonly events: readonly WireEvent[];
}

/** Offers and what became of them: seldom asked for, so folded away. */
function History({ conversation, events }: HistoryProps) {
  const { t } = useShown();
  if (events.length === 0) return null;
  return (
    <details>
      <summary>{t("history")} ({events.length})</summary>
      <ol class="history">{events.map((event) => <EventRow key={event.id} conversation={conversation} event={event} />)}</ol>
    </details>
  );
}

const FORMATS = ["pdf", "txt", "html", "json"] as const;

function Copy({ conversation }: { readonly conversation: string }) {
  const { t, language } = useShown();
  const address = (format: string) =>
    `/api/conversations/${conversation}/transcript?format=${format}&language=${language}`;
  return (
    <section>
      <h2>{t("download")}</h2>
      <ul class="copies">
        {FORMATS.map((format) => (
          <li key={format}>
            <a class="ds-link" href={address(format)} download>{t(`download_${format}`)}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
