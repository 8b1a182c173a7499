/** A conversation that the audit names, to read; and what to do where a wall stands before it. */
import { checkText } from "@prek/wire";
import { useRef, useState } from "preact/hooks";
import { useShown } from "../views/context";
import { Reading } from "../views/reading";

interface OpenedProps {
  readonly conversation: string;
  readonly reference: string;
  readonly close: () => void;
}

export function Opened({ conversation, reference, close }: OpenedProps) {
  const { t } = useShown();
  const [tries, setTries] = useState(0);
  return (
    <Reading
      conversation={conversation}
      title={t("audit_reading", { ref: reference })}
      close={close}
      again={tries}
      otherwise={<Glass conversation={conversation} opened={() => setTries(tries + 1)} />}
    />
  );
}

interface GlassProps {
  readonly conversation: string;
  readonly opened: () => void;
}

/**
 * Whether it is open still, behind a wall or not there at all is not told: the reason is asked for,
 * and the ledger says whether it is enough.
 */
function Glass({ conversation, opened }: GlassProps) {
  const { desk, state, t, number } = useShown();
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<"glass_missing" | "audit_glass_refused" | null>(null);
  const [under, setUnder] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (under) return;
    if (checkText(reason) !== null) {
      setWrong("glass_missing");
      field.current?.focus();
      return;
    }
    setUnder(true);
    const refused = await desk.breakGlass(conversation, reason);
    setUnder(false);
    if (refused !== null) setWrong("audit_glass_refused");
    else opened();
  };
  const minutes = Math.round((state.directory?.timing.glimpse_s ?? 0) / 60);
  return (
    <form
      class="grave glass"
      aria-label={t("glass")}
      onSubmit={(event) => void submit(event)}
      noValidate
    >
      <h3>{t("glass")}</h3>
      <p>{t("audit_glass_text", { time: t("minutes", { n: minutes }) })}</p>
      <label class="ds-label" for="opened-reason">
        {t("glass_reason")}
      </label>
      <textarea
        class="ds-input"
        id="opened-reason"
        rows={2}
        ref={field}
        value={reason}
        aria-invalid={wrong === "glass_missing"}
        aria-describedby="opened-error"
        onInput={({ currentTarget: { value } }) => {
          setReason(value);
          setWrong(null);
        }}
      />
      <p id="opened-error" role="alert" class="error">
        {wrong !== null && t(wrong)}{" "}
        {number(reason) !== "" && t("warn_number", { what: number(reason) })}
      </p>
      <button class="ds-button" data-color="danger" type="submit" aria-disabled={under}>
        {t(under ? "glass_under" : "glass_yes")}
      </button>
    </form>
  );
}
