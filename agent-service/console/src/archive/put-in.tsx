/** Saying that an enquiry was put into the archive by hand, and where it is there. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { failed, type Handed, putIn } from "./asking";
import { useArchiveWords } from "./words";

interface PutInProps {
  readonly of: Handed;
  readonly close: () => void;
  readonly done: () => void;
}

export function PutIn({ of, close, done }: PutInProps) {
  const { t, wrong } = useArchiveWords();
  const [caseNumber, setCase] = useState("");
  const [record, setRecord] = useState("");
  const [problem, setProblem] = useState("");
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (caseNumber.trim() === "" && record.trim() === "") {
      setProblem(t("ar_put_in_missing"));
      first.current?.focus();
      return;
    }
    const answer = await putIn(of.conversation, caseNumber, record);
    if (failed(answer)) setProblem(wrong(answer.code));
    else done();
  };
  return (
    <form
      class="grave"
      aria-label={t("ar_put_in", { ref: of.reference })}
      noValidate
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <h4>{t("ar_put_in", { ref: of.reference })}</h4>
      <label class="ds-label" for="ar-case">{t("ar_case_number")}</label>
      <input
        class="ds-input"
        id="ar-case"
        ref={first}
        autocomplete="off"
        maxLength={100}
        value={caseNumber}
        onInput={({ currentTarget: { value } }) => setCase(value)}
      />
      <label class="ds-label" for="ar-record">{t("ar_record_number")}</label>
      <input
        class="ds-input"
        id="ar-record"
        autocomplete="off"
        maxLength={100}
        value={record}
        onInput={({ currentTarget: { value } }) => setRecord(value)}
      />
      <p role="alert" class="error">{problem}</p>
      <div class="buttons">
        <button class="ds-button" type="submit">{t("ar_put_in_save")}</button>
        <button class="ds-button" type="button" data-variant="secondary" onClick={close}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}
