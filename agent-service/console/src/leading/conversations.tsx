/** Every conversation of what one leads that is not over, and what can be done about each. */
import type { Summary } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { stageOf } from "../nudges";
import { leadsIn } from "../rights";
import type { Said, Telling } from "../views/context";
import { groundOf, rowOf, Still } from "../views/still";
import { Marks } from "../views/turn";
import { dueOf } from "../views/written";
import { byUrgency, type Doing, doing, ledConversations } from "./board-model";
import { useKeptOrder } from "./order";
import { RowActions } from "./row-actions";
import { useWords } from "./words";

const DOINGS: readonly Doing[] = ["waiting", "active", "written"];
const COLUMNS = 5;

export function Conversations() {
  const words = useWords();
  const { shown, state, t, language, department: nameOf } = words;
  const [department, setDepartment] = useState("");
  const [only, setOnly] = useState<Doing | "">("");
  const [open, setOpen] = useState("");
  const heading = useRef<HTMLTableCaptionElement>(null);
  const known = Object.values(state.board.known).map(({ summary }) => summary);
  const led = ledConversations(known, state.board.led);
  const wanted = led.filter(
    (summary) =>
      (department === "" || summary.department === department) &&
      (only === "" || doing(summary) === only),
  );
  const rows = useKeptOrder(
    wanted,
    ({ conversation }) => conversation,
    byUrgency,
    `${department} ${only}`,
  );
  const ground = groundOf(state, language);
  const gone = open !== "" && !rows.some(({ conversation }) => conversation === open);
  useEffect(() => {
    if (!gone) return;
    setOpen("");
    // What had the keyboard went with its row: on with what follows, and not from the top.
    if (document.activeElement === document.body) heading.current?.focus();
  }, [gone]);
  return (
    <section class="panelled">
      <div class="filters" role="group" aria-label={t("board_filter_conversations")}>
        <label>
          {t("department")}
          <select
            class="ds-input"
            value={department}
            onChange={({ currentTarget: { value } }) => setDepartment(value)}
          >
            <option value="">{t("board_all_departments")}</option>
            {state.directory?.departments
              .filter(({ id }) => leadsIn(state.board.led, id))
              .map(({ id }) => <option key={id} value={id}>{nameOf(id)}</option>)}
          </select>
        </label>
        <label>
          {t("state")}
          <select
            class="ds-input"
            value={only}
            onChange={({ currentTarget: { value } }) => setOnly(value as Doing | "")}
          >
            <option value="">{t("board_any_state")}</option>
            {DOINGS.map((each) => <option key={each} value={each}>{t(`state_${each}`)}</option>)}
          </select>
        </label>
      </div>
      <div class="wide">
        <table class="steady">
          <caption ref={heading} tabIndex={-1}>
            {t("board_conversations")} <small>{rows.length}</small>
          </caption>
          <thead>
            <tr>
              <th scope="col">{t("board_what")}</th>
              <th scope="col">{t("department")}</th>
              <th scope="col">{t("state")}</th>
              <th scope="col">{t("board_waited")}</th>
              <th scope="col">{t("actions")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((summary) => (
              <Still
                key={summary.conversation}
                of={open === summary.conversation ? [shown] : [...ground, ...drawnOf(summary, words)]}
                shown={shown}
              >
                <Row
                  summary={summary}
                  open={open === summary.conversation}
                  toggle={(on) => setOpen(on ? summary.conversation : "")}
                />
              </Still>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && (
        <p class="empty">{t(led.length === 0 ? "board_none" : "board_none_such")}</p>
      )}
    </section>
  );
}

/** What a row is drawn of that shows no actions; those may show anything, and are always drawn. */
function drawnOf(summary: Summary, words: Telling): readonly unknown[] {
  const waited = waitedOf(summary, words);
  return [
    ...rowOf(words.state, summary.conversation),
    isSending(summary, words),
    waited?.words,
    waited?.tone,
    dueOf(summary, words)?.words,
  ];
}

function isSending({ conversation }: Summary, { state }: Telling): boolean {
  return state.outbox.entries.some(({ lane }) => lane === conversation);
}

interface RowProps {
  readonly summary: Summary;
  readonly open: boolean;
  readonly toggle: (open: boolean) => void;
}

function Row({ summary, open, toggle }: RowProps) {
  const words = useWords();
  const { state, t, title, reference, department, agent } = words;
  const button = useRef<HTMLButtonElement>(null);
  const { offer, owner } = summary;
  const name = title(summary);
  const ref = reference(summary);
  const whole = t("enquiry_reference", { ref });
  return (
    <>
      <tr data-conversation={summary.conversation}>
        <th scope="row">
          <bdi>{name}</bdi> {name !== whole && <small>{ref}</small>} <Marks summary={summary} />
        </th>
        <td>{department(summary.department)}</td>
        <td>
          {offer !== null
            ? t("offered_to", { name: agent(offer.agent) })
            : summary.state === "active" && owner !== null
              ? owner === state.board.me
                ? t("with_you")
                : t("with_owner", { name: agent(owner) })
              : t(`state_${doing(summary)}`)}
          {isSending(summary, words) && <small role="status"> {t("tick_sending")}</small>}
        </td>
        <td><Waited summary={summary} /></td>
        <td>
          <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            ref={button}
            aria-expanded={open}
            aria-label={t("board_actions_named", { title: `${name}, ${ref}` })}
            onClick={() => toggle(!open)}
          >
            {t("actions")} <span aria-hidden="true">{open ? "▴" : "▾"}</span>
          </button>
        </td>
      </tr>
      {open && (
        <tr class="opened">
          <td colSpan={COLUMNS}>
            <RowActions
              summary={summary}
              close={() => {
                toggle(false);
                button.current?.focus();
              }}
            />
          </td>
        </tr>
      )}
    </>
  );
}

function Waited({ summary }: { readonly summary: Summary }) {
  const words = useWords();
  const { t } = words;
  const waited = waitedOf(summary, words);
  const away = summary.away_since !== null && doing(summary) !== "written" && (
    <span class="turn" data-tone="neutral">{t("citizen_away")}</span>
  );
  return (
    <>
      {waited === null ? (
        t(doing(summary) === "written" ? "figure_none" : "answered")
      ) : (
        <span class="turn" data-tone={waited.tone}>{waited.words}</span>
      )}{" "}
      {away}
    </>
  );
}

/** How long the citizen has waited for whatever comes next; null: not at all, or it has a deadline. */
function waitedOf(summary: Summary, { state, t, span, now }: Telling): Said | null {
  const timing = state.directory?.timing;
  const target_ms = (timing?.target_s ?? 60) * 1_000;
  const what = doing(summary);
  if (what === "written") return null;
  if (what === "active") {
    const { unanswered_since } = summary;
    if (unanswered_since === null) return null;
    const owed = stageOf(summary, state.nudges, timing, now) !== null;
    const waited = now - Date.parse(unanswered_since);
    const words = t("awaits_reply", { time: span(waited) });
    return {
      tone: owed || waited > target_ms ? "danger" : "warning",
      words: owed ? `${words} · ${t("first_reply").toLowerCase()}` : words,
    };
  }
  const waited = now - Date.parse(summary.entered_at);
  const late = waited > target_ms;
  return {
    tone: late ? "danger" : "neutral",
    words: late ? `${span(waited)} · ${t("over_target")}` : span(waited),
  };
}
