/** Every conversation of what one leads that is not over, and what can be done about each. */
import type { Summary } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { stageOf } from "../nudges";
import { leadsIn } from "../rights";
import { Marks } from "../views/turn";
import { byUrgency, type Doing, doing, ledConversations } from "./board-model";
import { useKeptOrder } from "./order";
import { RowActions } from "./row-actions";
import { useWords } from "./words";

const DOINGS: readonly Doing[] = ["waiting", "active", "written"];
const COLUMNS = 5;

export function Conversations() {
  const { state, t, department: nameOf } = useWords();
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
        <table>
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
              <Row
                key={summary.conversation}
                summary={summary}
                open={open === summary.conversation}
                toggle={(on) => setOpen(on ? summary.conversation : "")}
              />
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

interface RowProps {
  readonly summary: Summary;
  readonly open: boolean;
  readonly toggle: (open: boolean) => void;
}

function Row({ summary, open, toggle }: RowProps) {
  const { state, t, title, reference, department, agent } = useWords();
  const button = useRef<HTMLButtonElement>(null);
  const { offer, owner } = summary;
  const name = title(summary);
  const ref = reference(summary);
  const whole = t("enquiry_reference", { ref });
  const sending = state.outbox.entries.some(({ lane }) => lane === summary.conversation);
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
          {sending && <small role="status"> {t("tick_sending")}</small>}
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

/** How long the citizen has waited for whatever comes next; a written question has its deadline. */
function Waited({ summary }: { readonly summary: Summary }) {
  const { state, t, span, now } = useWords();
  const { unanswered_since } = summary;
  const timing = state.directory?.timing;
  const target_ms = (timing?.target_s ?? 60) * 1_000;
  const what = doing(summary);
  const away = summary.away_since !== null && what !== "written" && (
    <span class="turn" data-tone="neutral">{t("citizen_away")}</span>
  );
  if (what === "written") return <>{t("figure_none")}</>;
  if (what === "active") {
    const owed = stageOf(summary, state.nudges, timing, now) !== null;
    const waited = unanswered_since === null ? null : now - Date.parse(unanswered_since);
    return (
      <>
        {waited === null ? (
          t("answered")
        ) : (
          <span class="turn" data-tone={owed || waited > target_ms ? "danger" : "warning"}>
            {t("awaits_reply", { time: span(waited) })}
            {owed && ` · ${t("first_reply").toLowerCase()}`}
          </span>
        )}{" "}
        {away}
      </>
    );
  }
  const waited = now - Date.parse(summary.entered_at);
  const late = waited > target_ms;
  return (
    <>
      <span class="turn" data-tone={late ? "danger" : "neutral"}>
        {span(waited)}
        {late && ` · ${t("over_target")}`}
      </span>{" "}
      {away}
    </>
  );
}
