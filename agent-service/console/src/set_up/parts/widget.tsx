/** What citizens meet: the words on the icon, colour, logo, languages, and where it stands. */
import { useState } from "preact/hooks";
import type { Key } from "../../texts";
import { MAX_LOGO } from "../checking";
import { contrast, LEAST } from "../contrast";
import { SPOKEN } from "../document";
import { SpotContext, useEditing } from "../editing";
import {
  LocalizedFields,
  SeveralField,
  Switch,
  TextField,
  useField,
  WordsField,
  Wrong,
} from "../fields";

/** The product's own colour, to begin with. */
const COLOUR = "#00594c";

export function Widget() {
  const { now, put, t } = useEditing();
  return (
    <SpotContext.Provider value={{ part: "widget", entry: "" }}>
      <TextField
        field="name"
        label={t("su_tenant_name")}
        value={now.name}
        required
        change={(name, at) => put("name", name, at)}
      />
      <TextField
        field="kommunenummer"
        label={t("su_kommunenummer")}
        hint={t("su_kommunenummer_hint")}
        value={now.kommunenummer}
        narrow
        change={(number, at) => put("kommunenummer", number, at)}
      />
      <LocalizedFields
        field="title"
        label={t("su_widget_title")}
        texts={now.title}
        change={(title, at) => put("title", title, at)}
      />
      <ColourField />
      <LogoField />
      <SeveralField
        field="languages"
        label={t("su_widget_languages")}
        hint={t("su_widget_languages_hint")}
        chosen={now.languages}
        options={SPOKEN.map((code) => [code, t(`lang_${code}`)] as const)}
        change={(languages) => put("languages", languages)}
      />
      <WordsField
        field="origins"
        label={t("su_origins")}
        hint={t("su_origins_hint")}
        words={now.origins}
        change={(origins, at) => put("origins", origins, at)}
      />
    </SpotContext.Provider>
  );
}

function ColourField() {
  const { now, put, t, language } = useEditing();
  const { id, wrong } = useField("colour");
  const { look } = now;
  const { colour } = look;
  const reached = colour === null ? 0 : contrast(colour, "#ffffff");
  const said = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(reached);
  return (
    <>
      <Switch
        label={t("su_colour_usual")}
        on={colour === null}
        change={(on) => put("look", { ...look, colour: on ? null : COLOUR })}
      />
      {colour !== null && (
        <div class="field narrow">
          <label class="ds-label" for={id}>
            {t("su_colour")}
          </label>
          <div class="add-row">
            <input
              type="color"
              id={id}
              value={colour}
              aria-describedby={`${id}-contrast`}
              onInput={({ currentTarget: { value } }) =>
                put("look", { ...look, colour: value }, id)
              }
            />
            {/* What cannot be read is no sample: the words below say so. */}
            {reached >= LEAST && (
              <span class="sample" style={{ background: colour }}>
                {t("su_colour_sample")}
              </span>
            )}
          </div>
          <p class={reached < LEAST ? "error" : "hint"} id={`${id}-contrast`} role="status">
            {t(reached < LEAST ? "su_contrast_low" : "su_contrast_good", { n: said })}
          </p>
          {wrong !== null && reached >= LEAST && <Wrong id={id} wrong={wrong} />}
        </div>
      )}
    </>
  );
}

function LogoField() {
  const { now, put, t } = useEditing();
  const { id, wrong } = useField("logo");
  const [refused, setRefused] = useState<Key | null>(null);
  const { look } = now;
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    const logo = await dataAddress(file);
    const problem = logoProblem(file.type, logo);
    setRefused(problem);
    if (problem === null) put("look", { ...look, logo });
  };
  return (
    <div class="field">
      <label class="ds-label" for={id}>
        {t("su_logo")}
      </label>
      <p class="hint" id={`${id}-hint`}>
        {t("su_logo_hint")}
      </p>
      {look.logo !== null && (
        <div class="add-row">
          <img class="logo" src={look.logo} alt={t("su_logo_now")} />
          <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            data-color="danger"
            onClick={() => put("look", { ...look, logo: null })}
          >
            {t("su_logo_remove")}
          </button>
        </div>
      )}
      <input
        id={id}
        type="file"
        accept="image/png,image/webp,image/svg+xml"
        aria-describedby={`${id}-hint ${id}-refused`}
        onChange={({ currentTarget }) => {
          void take(currentTarget.files?.[0]);
          currentTarget.value = "";
        }}
      />
      <p class="error" role="alert" id={`${id}-refused`}>
        {refused !== null && t(refused)}
      </p>
      <Wrong id={id} wrong={wrong} />
    </div>
  );
}

function logoProblem(type: string, logo: string): Key | null {
  if (!["image/png", "image/webp", "image/svg+xml"].includes(type)) return "su_wrong_logo_type";
  return logo.length > MAX_LOGO ? "su_wrong_logo_size" : null;
}

/** The file as it stands in the set-up: everything in one address. */
function dataAddress(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}
