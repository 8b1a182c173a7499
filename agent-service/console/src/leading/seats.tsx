/** Who is at the desk, how they are and how much they have; and who is free for what. */
import { useRef, useState } from "preact/hooks";
import { leadsIn } from "../rights";
import { deadline } from "../clock";
import { type Able, ableFor, freePlaces, type Knows, type Seat } from "./board-model";
import { useKeptOrder } from "./order";
import { PresenceForm } from "./presence-form";
import { useWords } from "./words";

const SHOWN = ["here", "free", "all"] as const;
type ShownSeats = (typeof SHOWN)[number];
const COLUMNS = 6;

interface SeatsProps {
  readonly seats: readonly Seat[];
  /** Have the board asked for again: somebody's presence was changed. */
  readonly again: () => void;
}

export function Seats({ seats, again }: SeatsProps) {
  const { state, t, department: nameOf, topic: topicOf, agent } = useWords();
  const [department, setDepartment] = useState("");
  const [topic, setTopic] = useState("");
  const [shown, setShown] = useState<ShownSeats>("here");
  const [open, setOpen] = useState("");
  const [told, tell] = useState("");
  const directory = state.directory;
  const able: readonly Able[] =
    topic === "" || directory === null
      ? seats.map((seat) => ({ seat, knows: "member", level: 0, free: freePlaces(seat) }))
      : ableFor(topic, seats, directory);
  const wanted = able.filter(
    ({ seat, free }) =>
      (department === "" || seat.departments.includes(department)) &&
      // Whose presence is not to be had may well be here.
      (shown === "all" || (shown === "free" ? free > 0 : seat.presence !== "offline")),
  );
  const places = new Map(able.map(({ seat }, n) => [seat.agent, n]));
  const byPlace = (a: Able, b: Able) =>
    topic === ""
      ? agent(a.seat.agent).localeCompare(agent(b.seat.agent))
      : (places.get(a.seat.agent) ?? 0) - (places.get(b.seat.agent) ?? 0);
  const rows = useKeptOrder(
    wanted,
    ({ seat }) => seat.agent,
    byPlace,
    `${topic} ${department} ${shown}`,
  );
  return (
    <section class="panelled">
      <div class="filters" role="group" aria-label={t("board_filter_agents")}>
        <label>
          {t("department")}
          <select
            class="ds-input"
            value={department}
            onChange={({ currentTarget: { value } }) => setDepartment(value)}
          >
            <option value="">{t("board_all_departments")}</option>
            {directory?.departments
              .filter(({ id }) => leadsIn(state.board.led, id))
              .map(({ id }) => <option key={id} value={id}>{nameOf(id)}</option>)}
          </select>
        </label>
        <label>
          {t("board_free_for")}
          <select
            class="ds-input"
            value={topic}
            onChange={({ currentTarget: { value } }) => setTopic(value)}
          >
            <option value="">{t("board_any_topic")}</option>
            {directory?.topics.map(({ id }) => <option key={id} value={id}>{topicOf(id)}</option>)}
          </select>
        </label>
        <label>
          {t("board_show")}
          <select
            class="ds-input"
            value={shown}
            onChange={({ currentTarget: { value } }) => setShown(value as ShownSeats)}
          >
            {SHOWN.map((each) => (
              <option key={each} value={each}>{t(`board_show_${each}`)}</option>
            ))}
          </select>
        </label>
        <p role="status" class="hint">{told}</p>
      </div>
      <div class="wide">
        <table>
          <caption>{t("board_agents")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("board_name")}</th>
              <th scope="col">{t("presence")}</th>
              <th scope="col">{t("board_places")}</th>
              {topic !== "" && <th scope="col">{topicOf(topic)}</th>}
              <th scope="col">{t("board_departments")}</th>
              <th scope="col">{t("actions")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <SeatRow
                key={row.seat.agent}
                able={row}
                about={topic !== ""}
                open={open === row.seat.agent}
                toggle={(on) => setOpen(on ? row.seat.agent : "")}
                done={(words) => {
                  tell(words);
                  again();
                }}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p class="empty">{t("board_nobody")}</p>}
    </section>
  );
}

interface SeatRowProps {
  readonly able: Able;
  /** A topic is chosen. */
  readonly about: boolean;
  readonly open: boolean;
  readonly toggle: (open: boolean) => void;
  readonly done: (words: string) => void;
}

function SeatRow({ able, about, open, toggle, done }: SeatRowProps) {
  const { state, t, agent, department } = useWords();
  const { seat, free } = able;
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    toggle(false);
    button.current?.focus();
  };
  // One's own is in the top line; who is at no desk has none to be changed.
  const changeable = seat.agent !== state.board.me && seat.presence !== "offline";
  return (
    <>
      <tr data-free={free > 0}>
        <th scope="row">{agent(seat.agent)}</th>
        <td><PresenceOf seat={seat} /></td>
        <td><Places seat={seat} /></td>
        {about && <td><Knowing of={able} /></td>}
        <td>{seat.departments.map(department).join(", ")}</td>
        <td>
          {changeable && (
            <button
              type="button"
              class="ds-button"
              data-variant="tertiary"
              ref={button}
              aria-expanded={open}
              aria-label={t("presence_set_named", { name: agent(seat.agent) })}
              onClick={() => toggle(!open)}
            >
              {t("presence_set")}
            </button>
          )}
        </td>
      </tr>
      {open && changeable && (
        <tr class="opened">
          <td colSpan={about ? COLUMNS : COLUMNS - 1}>
            <PresenceForm agent={seat.agent} close={close} done={done} />
          </td>
        </tr>
      )}
    </>
  );
}

function PresenceOf({ seat: { presence, reason, changed_at } }: { readonly seat: Seat }) {
  const { t, now, language, reason: reasonOf } = useWords();
  return (
    <>
      <span class="presence-mark" data-presence={presence ?? "unknown"}>
        {t(presence === null ? "board_presence_unknown" : `presence_${presence}`)}
      </span>{" "}
      {(reason !== "" || changed_at !== null) && presence !== "offline" && (
        <small>
          {reason !== "" && <><bdi>{reasonOf(reason)}</bdi> · </>}
          {changed_at !== null && t("board_since", { time: deadline(changed_at, now, language) })}
        </small>
      )}
    </>
  );
}

function Places({ seat: { load, capacity } }: { readonly seat: Seat }) {
  const { t } = useWords();
  return (
    <span class="load-of" title={t("load_hint")}>
      <span class="places" aria-hidden="true">
        {Array.from({ length: Math.max(capacity, load) }, (_, n) => (
          <i key={n} data-taken={n < load} />
        ))}
      </span>{" "}
      {t("load", { n: load, max: capacity })}
    </span>
  );
}

function Knowing({ of: { knows, level } }: { readonly of: Pick<Able, "level"> & { knows: Knows } }) {
  const { t } = useWords();
  return <>{t(`board_knows_${knows}`, { n: level })}</>;
}
