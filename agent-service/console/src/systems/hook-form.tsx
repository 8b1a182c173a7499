/** Making a webhook. */
import { useRef, useState } from "preact/hooks";
import { isKey } from "../texts";
import { useShown } from "../views/context";
import { type Milestone, MILESTONES, type NewHook } from "./asking";
import { Choices } from "./choices";

const NOTHING: NewHook = { url: "", milestones: ["closed"] };

interface FormProps {
  /** Make it; the code of what is wrong, or null. */
  readonly make: (wanted: NewHook) => Promise<string | null>;
}

export function HookForm({ make }: FormProps) {
  const { t } = useShown();
  const [wanted, setWanted] = useState<NewHook>(NOTHING);
  const [wrong, setWrong] = useState<"url" | "milestones" | null>(null);
  const [code, setCode] = useState<string | null>(null);
  const [under, setUnder] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const find = (name: string) => form.current?.querySelector<HTMLElement>(`[name=hook-${name}]`);
  const put = (values: Partial<NewHook>) => {
    setWanted({ ...wanted, ...values });
    setWrong(null);
    setCode(null);
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (under) return;
    const missing = !/^https?:\/\/\S+$/.test(wanted.url.trim())
      ? "url"
      : wanted.milestones.length === 0
        ? "milestones"
        : null;
    setWrong(missing);
    if (missing !== null) return find(missing)?.focus();
    setUnder(true);
    const refused = await make({ ...wanted, url: wanted.url.trim() });
    setUnder(false);
    if (refused === null) return setWanted(NOTHING);
    if (refused === "webhook_address") {
      setWrong("url");
      find("url")?.focus();
    } else setCode(refused);
  };
  const failed = `systems_code_${code ?? ""}`;
  return (
    <form
      ref={form}
      aria-label={t("systems_new_hook")}
      onSubmit={(event) => void submit(event)}
      noValidate
    >
      <h4>{t("systems_new_hook")}</h4>
      <label class="ds-label" for="hook-url">
        {t("systems_url")}
      </label>
      <input
        class="ds-input"
        id="hook-url"
        name="hook-url"
        type="url"
        autocomplete="off"
        spellcheck={false}
        maxLength={2048}
        placeholder="https://"
        value={wanted.url}
        aria-invalid={wrong === "url"}
        aria-describedby="hook-url-wrong"
        onInput={({ currentTarget: { value } }) => put({ url: value })}
      />
      <p id="hook-url-wrong" role="alert" class="error">
        {wrong === "url" && t("systems_wrong_url")}
      </p>
      <Choices<Milestone>
        name="hook-milestones"
        legend={t("systems_milestones")}
        all={MILESTONES}
        chosen={wanted.milestones}
        words={(each) => t(`systems_milestone_${each}`)}
        wrong={wrong === "milestones" ? t("systems_wrong_milestones") : ""}
        choose={(milestones) => put({ milestones })}
      />
      <p role="alert" class="error">
        {code !== null && t(isKey(failed) ? failed : "systems_failed")}
      </p>
      <button class="ds-button" type="submit" aria-disabled={under}>
        {t("systems_make_hook")}
      </button>
    </form>
  );
}
