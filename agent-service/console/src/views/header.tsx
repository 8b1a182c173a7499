/** The top line: who and how one is, how many places are taken, whether the line is up. */
import { load } from "../board";
import { ariaKeys } from "../keys";
import type { ChosenPresence } from "../model";
import type { Key } from "../texts";
import { useShown } from "./context";
import { Menu } from "./menu";
import { Places } from "./places";

const CHOICES: readonly ChosenPresence[] = ["available", "busy", "draining", "away"];
/** Reasons are chosen, not written: colleagues see them, and no one's health is their business. */
const REASONS = ["lunch", "meeting", "phone", "counter", "end_of_day"] as const;

/** What the desk says for a reason when it was not the agent's own choice. */
const SET_BY_LEADER = "set_by_leader";

export function Header() {
  const { state, t, proclaims, showSheet, switchEmergency } = useShown();
  return (
    <header class="top">
      <div class="house">
        <h1>{t("desk")}</h1>
        <p>{state.directory?.name}</p>
      </div>
      <Places />
      <Presence />
      <Reason />
      <Load />
      <Link />
      {proclaims && (
        <button
          type="button"
          class="ds-button not-narrow"
          data-variant="tertiary"
          data-color="danger"
          onClick={switchEmergency}
        >
          {t("emergency")} …
        </button>
      )}
      <button
        type="button"
        class="ds-button round"
        data-variant="tertiary"
        aria-label={t("shortcuts")}
        title={t("shortcuts")}
        aria-keyshortcuts={ariaKeys("sheet")}
        onClick={showSheet}
      >
        ?
      </button>
      <Menu />
    </header>
  );
}

function Presence() {
  const { desk, state, t } = useShown();
  const { presence } = state.own;
  return (
    <fieldset class="presence">
      <legend class="visually-hidden">{t("presence")}</legend>
      {CHOICES.map((choice) => (
        <button
          key={choice}
          type="button"
          data-presence={choice}
          aria-pressed={presence === choice}
          title={t(`presence_hint_${choice}`)}
          onClick={() => desk.choose(choice)}
        >
          {t(`presence_${choice}`)}
        </button>
      ))}
    </fieldset>
  );
}

function Reason() {
  const { desk, state, t } = useShown();
  const { presence, reason } = state.own;
  const byLeader = reason === SET_BY_LEADER;
  if (presence !== "busy" && presence !== "away") return null;
  return (
    <select
      class="ds-input reason"
      aria-label={t("presence_reason")}
      value={byLeader || REASONS.some((one) => one === reason) ? reason : ""}
      onChange={(event) => desk.choose(presence, event.currentTarget.value)}
    >
      <option value="">{t("presence_reason_none")}</option>
      {byLeader && <option value={SET_BY_LEADER}>{t("reason_set_by_leader")}</option>}
      {REASONS.map((one) => (
        <option key={one} value={one}>{t(`reason_${one}` satisfies Key)}</option>
      ))}
    </select>
  );
}

function Load() {
  const { state, t } = useShown();
  const profile = state.directory?.agents.find(({ id }) => id === state.board.me);
  if (profile === undefined) return null;
  const taken = load(state.board);
  return (
    <p class="load" title={t("load_hint")}>
      <span class="places" aria-hidden="true">
        {Array.from({ length: Math.max(profile.capacity, taken) }, (_, n) => (
          <i key={n} data-taken={n < taken} />
        ))}
      </span>
      <span>{t("load", { n: taken, max: profile.capacity })}</span>
    </p>
  );
}

function Link() {
  const { state, t } = useShown();
  const text = state.link === "ready" ? "link_open" : state.link === "lost" ? "link_down" : "link_connecting";
  return <p class="link" data-link={state.link}>{t(text)}</p>;
}
