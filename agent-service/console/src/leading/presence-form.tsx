/** Changing a colleague's presence: with a reason, which is kept in the audit. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ChosenPresence } from "../model";
import type { Key } from "../texts";
import { useWords } from "./words";

const CHOICES: readonly ChosenPresence[] = ["available", "busy", "draining", "away"];
/** As the frame has it. */
const LONGEST_REASON = 200;

interface PresenceFormProps {
  readonly agent: string;
  readonly close: () => void;
  readonly done: (words: string) => void;
}

export function PresenceForm({ agent: of, close, done }: PresenceFormProps) {
  const { desk, t, agent, number } = useWords();
  const [presence, setPresence] = useState<ChosenPresence>("away");
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<Key | null>(null);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLSelectElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    // As typed by now, and not as last drawn.
    const words = field.current?.value.trim() ?? "";
    if (busy) return;
    if (words === "") {
      setWrong("presence_set_missing");
      field.current?.focus();
      return;
    }
    setBusy(true);
    const problem = await desk.setPresence(of, presence, words);
    setBusy(false);
    setWrong(problem);
    if (problem !== null) return;
    done(t("presence_set_done", { name: agent(of), presence: t(`presence_${presence}`) }));
    close();
  };
  return (
    <form
      class="inline-form"
      aria-label={t("presence_set_named", { name: agent(of) })}
      noValidate
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <label>
        {t("presence")}
        <select
          class="ds-input"
          ref={first}
          value={presence}
          onChange={({ currentTarget: { value } }) => setPresence(value as ChosenPresence)}
        >
          {CHOICES.map((each) => <option key={each} value={each}>{t(`presence_${each}`)}</option>)}
        </select>
      </label>
      <label class="grows">
        {t("presence_set_reason")}
        <input
          class="ds-input"
          type="text"
          maxLength={LONGEST_REASON}
          ref={field}
          value={reason}
          aria-required="true"
          aria-invalid={wrong === "presence_set_missing"}
          aria-describedby="presence-hint presence-wrong"
          onInput={({ currentTarget: { value } }) => {
            setReason(value);
            setWrong(null);
          }}
        />
      </label>
      <div class="buttons">
        <button class="ds-button" type="submit" aria-disabled={busy}>{t("presence_set_yes")}</button>
        <button class="ds-button" type="button" data-variant="tertiary" onClick={close}>
          {t("cancel")}
        </button>
      </div>
      <p id="presence-hint" class="hint">{t("presence_set_hint")}</p>
      <p id="presence-wrong" role="alert" class="error">
        {wrong !== null && t(wrong)}{" "}
        {number(reason) !== "" && t("warn_number", { what: number(reason) })}
      </p>
    </form>
  );
}
