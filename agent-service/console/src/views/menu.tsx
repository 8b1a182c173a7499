/** What is chosen once and then left: language, looks, sound, notices; and signing out. */
import { useEffect, useRef, useState } from "preact/hooks";
import { THEMES } from "../preferences";
import { isLanguage, LANGUAGES } from "../texts";
import { useShown } from "./context";

export function Menu() {
  const { state, t } = useShown();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const whole = useRef<HTMLDivElement>(null);
  // From the start and not only while it is open: between a click and the drawing of what it opens,
  // the keyboard may have gone on already.
  useEffect(() => {
    const outside = (event: Event) => {
      if (event.target instanceof Node && !whole.current?.contains(event.target)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    addEventListener("focusin", outside);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("focusin", outside);
    };
  }, []);
  return (
    <div
      class="menu"
      ref={whole}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        type="button"
        class="ds-button"
        data-variant="tertiary"
        aria-expanded={open}
        ref={button}
        onClick={() => setOpen(!open)}
      >
        <bdi>{state.session?.name}</bdi> <span aria-hidden="true">▾</span>
        <span class="visually-hidden">{t("settings")}</span>
      </button>
      {open && <Panel />}
    </div>
  );
}

function Panel() {
  const { preferences, prefer, proclaims, switchEmergency, t } = useShown();
  return (
    <div class="panel">
      <label class="ds-label" for="language">{t("language")}</label>
      <select
        id="language"
        class="ds-input"
        value={preferences.language}
        onChange={({ currentTarget: { value } }) => isLanguage(value) && prefer({ language: value })}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>{name}</option>
        ))}
      </select>
      <label class="ds-label" for="theme">{t("theme")}</label>
      <select
        id="theme"
        class="ds-input"
        value={preferences.theme}
        onChange={({ currentTarget: { value } }) =>
          prefer({ theme: THEMES.find((theme) => theme === value) ?? "auto" })}
      >
        {THEMES.map((theme) => <option key={theme} value={theme}>{t(`theme_${theme}`)}</option>)}
      </select>
      <Switch on={preferences.sound} label={t("sound")} set={(sound) => prefer({ sound })} />
      <Switch
        on={preferences.questionMark}
        label={t("question_mark")}
        set={(questionMark) => prefer({ questionMark })}
      />
      <Notifications />
      {proclaims && (
        <button
          type="button"
          class="ds-button narrow-only"
          data-variant="secondary"
          data-color="danger"
          onClick={switchEmergency}
        >
          {t("emergency")} …
        </button>
      )}
      <SignOut />
    </div>
  );
}

interface SwitchProps {
  readonly on: boolean;
  readonly label: string;
  readonly set: (on: boolean) => void;
}

function Switch({ on, label, set }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        class="ds-input"
        checked={on}
        onChange={(event) => set(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}

function Notifications() {
  const { t } = useShown();
  const [asked, setAsked] = useState(false);
  if (asked || !("Notification" in window) || Notification.permission !== "default") return null;
  const ask = () => void Notification.requestPermission().then(() => setAsked(true));
  return (
    <button type="button" class="ds-button" data-variant="secondary" onClick={ask}>
      {t("notify_ask")}
    </button>
  );
}

/** Signing out forgets what is not sent: that is said first. */
function SignOut() {
  const { desk, state, t } = useShown();
  const [sure, setSure] = useState(false);
  const unsent = state.outbox.entries.length > 0 || !desk.attaching.isEmpty;
  return (
    <>
      <p role="alert" class="hint">{sure && unsent && t("sign_out_unsent")}</p>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        onClick={() => (unsent && !sure ? setSure(true) : void desk.signOut())}
      >
        {sure && unsent ? t("sign_out_anyway") : t("sign_out")}
      </button>
    </>
  );
}
