/** What figures are asked of: a department that one leads, and a period chosen by hand. */
import { useRef, useState } from "preact/hooks";
import type { Key } from "../texts";
import { leadsIn } from "../rights";
import { useWords } from "./words";

interface DepartmentProps {
  /** "": all that one leads. */
  readonly chosen: string;
  readonly choose: (department: string) => void;
}

export function Department({ chosen: value, choose }: DepartmentProps) {
  const { state, t, department } = useWords();
  return (
    <label>
      {t("department")}
      <select
        class="ds-input"
        value={value}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="">{t("board_all_departments")}</option>
        {state.directory?.departments
          .filter(({ id }) => leadsIn(state.board.led, id))
          .map(({ id }) => <option key={id} value={id}>{department(id)}</option>)}
      </select>
    </label>
  );
}

/** The first and the last day or month, both counted. */
interface Ends {
  readonly from: string;
  readonly to: string;
}

interface OwnProps {
  readonly label: Key;
  readonly type: "date" | "month";
  /** To a browser that has no field of the type: how it is written. */
  readonly placeholder?: string;
  readonly ends: Ends;
  readonly choose: (ends: Ends) => void;
  /** What is wrong, in words; null: nothing. */
  readonly fault: (ends: Ends) => Key | null;
}

/** The two ends are asked for when they are both there. */
export function Own({ label, type, placeholder, ends, choose, fault }: OwnProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState(ends);
  const [wrong, setWrong] = useState<Key | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const problem = fault(typed);
    setWrong(problem);
    if (problem === null) choose(typed);
    else first.current?.focus();
  };
  return (
    <form class="inline-form" aria-label={t(label)} noValidate onSubmit={submit}>
      {(["from", "to"] as const).map((end) => (
        <label key={end}>
          {t(`period_${end}`)}
          <input
            class="ds-input"
            type={type}
            placeholder={placeholder}
            ref={end === "from" ? first : undefined}
            value={typed[end]}
            aria-invalid={wrong !== null}
            aria-describedby="own-wrong"
            onInput={({ currentTarget: { value } }) => setTyped({ ...typed, [end]: value.trim() })}
          />
        </label>
      ))}
      <button class="ds-button" type="submit">{t("history_show")}</button>
      <p id="own-wrong" role="alert" class="error">{wrong !== null && t(wrong)}</p>
    </form>
  );
}
