/** The emergency switch: what every console is told, and the dialog of those who may switch it. */
import type { Emergency } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { deadline } from "../clock";
import { orderEmergency } from "../questions";
import { isLanguage, type Key, LANGUAGES } from "../texts";
import { useShown } from "./context";

/** On every console while it is on: since when, by whom, and what is different. */
export function EmergencyBanner() {
  const { state, t, topic, department, agent, language, now, proclaims, switchEmergency } = useShown();
  const emergency = state.directory?.emergency ?? null;
  const helpers = emergency?.borrowed.map(department).join(", ") ?? "";
  return (
    <div role="status">
      {emergency !== null && (
        <div class="notice ds-alert" data-color="danger">
          <h2>{t("emergency")}</h2>
          <p>
            {t("emergency_on", {
              time: deadline(emergency.since, now, language),
              name: agent(emergency.by),
            })}{" "}
            {emergency.topic !== null && t("emergency_topic_on", { topic: topic(emergency.topic) })}{" "}
            {helpers !== "" && t("emergency_borrowed_on", { departments: helpers })}{" "}
            <Banner of={emergency} />
          </p>
          {proclaims && (
            <button
              type="button"
              class="ds-button"
              data-variant="secondary"
              onClick={switchEmergency}
            >
              {t("emergency_change")} …
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Banner({ of: { banner } }: { readonly of: Emergency }) {
  const { t, language } = useShown();
  const words = banner[language] ?? banner.nb ?? "";
  if (words === "") return null;
  return <>{t("emergency_told")} «<bdi>{words}</bdi>»</>;
}

export function EmergencyDialog({ close }: { readonly close: () => void }) {
  const { state, t, topic, department } = useShown();
  const before = state.directory?.emergency ?? null;
  const dialog = useRef<HTMLDialogElement>(null);
  const [banner, setBanner] = useState<Readonly<Record<string, string>>>(before?.banner ?? {});
  const [lifted, setLifted] = useState(before?.topic ?? "");
  const [borrowed, setBorrowed] = useState<readonly string[]>(before?.borrowed ?? []);
  const [wrong, setWrong] = useState<Key | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const order = async (on: boolean) => {
    if (busy) return;
    setBusy(true);
    const told = Object.entries(banner).filter(([, words]) => words.trim() !== "");
    const emergency = {
      banner: Object.fromEntries(told),
      topic: lifted === "" ? null : lifted,
      borrowed: [...borrowed],
    };
    const problem = await orderEmergency(on ? emergency : null);
    setBusy(false);
    setWrong(problem);
    if (problem === null) dialog.current?.close();
  };
  const toggle = (id: string, on: boolean) =>
    setBorrowed(on ? [...borrowed, id] : borrowed.filter((one) => one !== id));
  return (
    <dialog class="ds-dialog sheet footed" ref={dialog} aria-labelledby="emergency" onClose={close}>
      <form
        class="emergency"
        onSubmit={(event) => {
          event.preventDefault();
          void order(true);
        }}
      >
        <h2 id="emergency">{t("emergency")}</h2>
        <div class="scrolled">
          <p class="hint">{t("emergency_hint")}</p>
          {spoken(state.directory?.languages).map((code) => (
            <div class="field" key={code}>
              <label class="ds-label" for={`banner-${code}`}>
                {t("emergency_banner", { language: LANGUAGES[code] })}
              </label>
              <textarea
                class="ds-input"
                id={`banner-${code}`}
                lang={code}
                rows={2}
                value={banner[code] ?? ""}
                onInput={({ currentTarget: { value } }) => setBanner({ ...banner, [code]: value })}
              />
            </div>
          ))}
          <div class="field">
            <label class="ds-label" for="lifted">{t("emergency_topic")}</label>
            <select
              class="ds-input"
              id="lifted"
              value={lifted}
              onChange={({ currentTarget: { value } }) => setLifted(value)}
            >
              <option value="">{t("emergency_no_topic")}</option>
              {state.directory?.topics.map(({ id }) => (
                <option key={id} value={id}>{topic(id)}</option>
              ))}
            </select>
          </div>
          <fieldset class="choices">
            <legend class="ds-label">{t("emergency_borrowed")}</legend>
            {state.directory?.departments
              .filter(({ id }) => id !== state.directory?.first_line)
              .map(({ id }) => (
                <label key={id} class="switch">
                  <input
                    type="checkbox"
                    class="ds-input"
                    checked={borrowed.includes(id)}
                    onChange={({ currentTarget: { checked } }) => toggle(id, checked)}
                  />
                  {department(id)}
                </label>
              ))}
          </fieldset>
        </div>
        <div class="under">
          <p role="alert" class="error">{wrong !== null && t(wrong)}</p>
          <div class="buttons">
            <button class="ds-button" data-color="danger" type="submit" aria-disabled={busy}>
              {t(before === null ? "emergency_start" : "emergency_save")}
            </button>
            {before !== null && (
              <button
                class="ds-button"
                type="button"
                data-variant="secondary"
                aria-disabled={busy}
                onClick={() => void order(false)}
              >
                {t("emergency_end")}
              </button>
            )}
            <button
              class="ds-button"
              type="button"
              data-variant="tertiary"
              onClick={() => dialog.current?.close()}
            >
              {t("cancel")}
            </button>
          </div>
        </div>
      </form>
    </dialog>
  );
}

/** The tenant's languages that can be written here; always bokmål, which the others fall back on. */
function spoken(languages: readonly string[] | undefined) {
  return [...new Set(["nb", ...(languages ?? [])])].filter(isLanguage);
}
