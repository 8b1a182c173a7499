/** Something that is done with a reason, which is written in the audit. */
import { useRef, useState } from "preact/hooks";
import { useArchiveWords } from "./words";

const LONGEST = 500;

interface ReasonedProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly button: string;
  /** Do it; what is wrong in words, or null. */
  readonly submit: (reason: string) => Promise<string | null>;
}

export function Reasoned({ id, label, hint, button, submit }: ReasonedProps) {
  const { t } = useArchiveWords();
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  const [under, setUnder] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (under) return;
    if (reason.trim() === "") {
      setProblem(t("ar_reason_missing"));
      field.current?.focus();
      return;
    }
    setUnder(true);
    const wrong = await submit(reason.trim());
    setUnder(false);
    setProblem(wrong ?? "");
    if (wrong === null) setReason("");
  };
  return (
    <form noValidate onSubmit={(event) => void send(event)}>
      <label class="ds-label" for={id}>{label}</label>
      <p class="hint" id={`${id}-hint`}>{hint}</p>
      <input
        class="ds-input"
        id={id}
        ref={field}
        autocomplete="off"
        maxLength={LONGEST}
        value={reason}
        aria-invalid={problem !== ""}
        aria-describedby={`${id}-hint ${id}-wrong`}
        onInput={({ currentTarget: { value } }) => setReason(value)}
      />
      <p role="alert" class="error" id={`${id}-wrong`}>{problem}</p>
      <button class="ds-button" type="submit" aria-disabled={under}>{button}</button>
    </form>
  );
}
