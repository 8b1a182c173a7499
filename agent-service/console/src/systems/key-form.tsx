/** Making a key. */
import { useRef, useState } from "preact/hooks";
import { isKey } from "../texts";
import { useShown } from "../views/context";
import { DAYS, type NewKey, type Scope, SCOPES } from "./asking";
import { Choices } from "./choices";

const NOTHING: NewKey = { name: "", scopes: [], days: 365 };

interface FormProps {
  /** Make it; the code of what is wrong, or null. */
  readonly make: (wanted: NewKey) => Promise<string | null>;
}

export function KeyForm({ make }: FormProps) {
  const { t } = useShown();
  const [wanted, setWanted] = useState<NewKey>(NOTHING);
  const [wrong, setWrong] = useState<"name" | "scopes" | null>(null);
  const [code, setCode] = useState<string | null>(null);
  const [under, setUnder] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const put = (values: Partial<NewKey>) => {
    setWanted({ ...wanted, ...values });
    setWrong(null);
    setCode(null);
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (under) return;
    const missing = wanted.name.trim() === "" ? "name" : wanted.scopes.length === 0 ? "scopes" : null;
    setWrong(missing);
    if (missing !== null) {
      return form.current?.querySelector<HTMLElement>(`[name=key-${missing}]`)?.focus();
    }
    setUnder(true);
    const refused = await make({ ...wanted, name: wanted.name.trim() });
    setUnder(false);
    setCode(refused);
    if (refused === null) setWanted(NOTHING);
  };
  const failed = `systems_code_${code ?? ""}`;
  return (
    <form
      ref={form}
      aria-label={t("systems_new_key")}
      onSubmit={(event) => void submit(event)}
      noValidate
    >
      <h4>{t("systems_new_key")}</h4>
      <label class="ds-label" for="key-name">
        {t("systems_name")}
      </label>
      <input
        class="ds-input"
        id="key-name"
        name="key-name"
        autocomplete="off"
        maxLength={200}
        value={wanted.name}
        aria-invalid={wrong === "name"}
        aria-describedby="key-name-wrong"
        onInput={({ currentTarget: { value } }) => put({ name: value })}
      />
      <p id="key-name-wrong" role="alert" class="error">
        {wrong === "name" && t("systems_wrong_name")}
      </p>
      <Choices<Scope>
        name="key-scopes"
        legend={t("systems_may")}
        all={SCOPES}
        chosen={wanted.scopes}
        words={(scope) => t(`systems_scope_${scope}`)}
        wrong={wrong === "scopes" ? t("systems_wrong_scopes") : ""}
        choose={(scopes) => put({ scopes })}
      />
      <label class="ds-label" for="key-days">
        {t("systems_lasts")}
      </label>
      <select
        class="ds-input"
        id="key-days"
        value={String(wanted.days)}
        onChange={({ currentTarget: { value } }) => put({ days: Number(value) })}
      >
        {DAYS.map((days) => (
          <option key={days} value={String(days)}>
            {t("systems_days", { n: days })}
          </option>
        ))}
      </select>
      <p role="alert" class="error">
        {code !== null && t(isKey(failed) ? failed : "systems_failed")}
      </p>
      <button class="ds-button" type="submit" aria-disabled={under}>
        {t("systems_make_key")}
      </button>
    </form>
  );
}
