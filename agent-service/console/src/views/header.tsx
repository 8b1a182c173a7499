import type { ChosenPresence } from "../model";
import { isLanguage, LANGUAGES } from "../texts";
import { useShown } from "./context";

const CHOICES: readonly ChosenPresence[] = ["available", "busy", "away", "draining"];

export function Header() {
  const { desk, state, t, language, setLanguage } = useShown();
  const { presence } = state.own;
  return (
    <header class="top">
      <h1>{t("desk")}</h1>
      <p role="status" class="link" data-link={state.link}>
        {state.link === "ready" ? t("link_open") : state.link === "lost" ? t("link_lost") : t("link_connecting")}
      </p>
      <fieldset class="presence">
        <legend class="visually-hidden">{t("presence")}</legend>
        {CHOICES.map((choice) => (
          <button
            type="button"
            class="ds-button"
            data-variant={presence === choice ? "primary" : "tertiary"}
            aria-pressed={presence === choice}
            title={t(`presence_hint_${choice}`)}
            onClick={() => desk.choose(choice)}
          >
            {t(`presence_${choice}`)}
          </button>
        ))}
      </fieldset>
      <label class="visually-hidden" for="language">{t("language")}</label>
      <select
        id="language"
        class="ds-input"
        value={language}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (isLanguage(value)) setLanguage(value);
        }}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>{name}</option>
        ))}
      </select>
      <span class="who"><bdi>{state.session?.name}</bdi></span>
      <button type="button" class="ds-button" data-variant="tertiary" onClick={() => void desk.signOut()}>
        {t("sign_out")}
      </button>
    </header>
  );
}

export function ForcedAway() {
  const { desk, state, t } = useShown();
  if (state.own.presence !== "forced_away") return null;
  return (
    <section class="banner ds-alert" data-color="warning" role="alert">
      <h2>{t("forced_away_title")}</h2>
      <p>{t("forced_away_text")}</p>
      <button type="button" class="ds-button" onClick={() => desk.choose("available")}>{t("forced_away_return")}</button>
    </section>
  );
}
