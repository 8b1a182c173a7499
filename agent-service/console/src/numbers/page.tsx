/** What the chat did for the municipality: a report of some months, to be read, printed or saved. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, COUNTED_WITHIN_MS } from "../leading/asking";
import { useWords } from "../leading/words";
import { leadsIn } from "../rights";
import type { Numbers } from "./asking";
import { Channels } from "./channels";
import { type Choice, CHOICES, chosen, fault, type Months } from "./months";
import { Report } from "./report";

type Got =
  | { readonly is: "asking" }
  | { readonly is: "wrong"; readonly code: string }
  | { readonly is: "there"; readonly numbers: Numbers };

export function Page() {
  const { t, now, wrong } = useWords();
  const [choice, setChoice] = useState<Choice>("year");
  const [months, setMonths] = useState<Months>(() => chosen("year", now));
  const [department, setDepartment] = useState("");
  const [got, again] = useNumbers(months, department);
  // What is being written of other channels stays while other months are asked for.
  const [mayEnter, setMayEnter] = useState(false);
  const told = got.is === "there" && got.numbers.may_enter;
  useEffect(() => {
    if (told) setMayEnter(true);
  }, [told]);
  const choose = (next: Choice) => {
    setChoice(next);
    if (next !== "own") setMonths(chosen(next, now));
  };
  return (
    <div class="history-page numbers">
      <div class="place-head no-print">
        <h2>{t("place_numbers")}</h2>
        <p role="status">{got.is === "asking" && t("numbers_asking")}</p>
      </div>
      <div class="panelled filters no-print">
        <fieldset class="choice">
          <legend>{t("history_period")}</legend>
          {CHOICES.map((each) => (
            <label key={each} class="switch">
              <input
                type="radio"
                class="ds-input"
                name="months"
                checked={choice === each}
                onChange={() => choose(each)}
              />
              {t(`numbers_months_${each}`)}
            </label>
          ))}
        </fieldset>
        <Department chosen={department} choose={setDepartment} />
        {choice === "own" && <Own months={months} choose={setMonths} />}
      </div>
      {got.is === "wrong" && <p role="alert" class="error">{wrong(got.code)}</p>}
      {got.is === "there" && <Report numbers={got.numbers} whole={department === ""} />}
      {mayEnter && <Channels saved={again} />}
    </div>
  );
}

/** Ask for what is chosen; an answer to an earlier choice is not shown. */
function useNumbers({ from, to }: Months, department: string): readonly [Got, () => void] {
  const [got, setGot] = useState<Got>({ is: "asking" });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let gone = false;
    // What is on screen stays while the same is asked again: a form below it is being read.
    setGot((before) =>
      before.is === "there" && round > 0 && before.numbers.from === from && before.numbers.to === to
        ? before
        : { is: "asking" },
    );
    const asked = new URLSearchParams({ from, to });
    if (department !== "") asked.set("department", department);
    void ask<Numbers>(`/api/numbers?${asked}`, COUNTED_WITHIN_MS).then((answer) => {
      if (gone) return;
      setGot(
        "answer" in answer
          ? { is: "there", numbers: answer.answer }
          : { is: "wrong", code: answer.wrong },
      );
    });
    return () => {
      gone = true;
    };
  }, [from, to, department, round]);
  return [got, () => setRound((before) => before + 1)];
}

interface DepartmentProps {
  readonly chosen: string;
  readonly choose: (department: string) => void;
}

function Department({ chosen: value, choose }: DepartmentProps) {
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

interface OwnProps {
  readonly months: Months;
  readonly choose: (months: Months) => void;
}

/** Months chosen by hand are asked for when they are both there. */
function Own({ months, choose }: OwnProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState(months);
  const [wrong, setWrong] = useState<ReturnType<typeof fault>>(null);
  const first = useRef<HTMLInputElement>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const problem = fault(typed);
    setWrong(problem);
    if (problem === null) choose(typed);
    else first.current?.focus();
  };
  return (
    <form class="inline-form" aria-label={t("numbers_months_own")} noValidate onSubmit={submit}>
      {(["from", "to"] as const).map((end) => (
        <label key={end}>
          {t(`period_${end}`)}
          <input
            class="ds-input"
            type="month"
            placeholder="2013-01"
            ref={end === "from" ? first : undefined}
            value={typed[end]}
            aria-invalid={wrong !== null}
            aria-describedby="months-wrong"
            onInput={({ currentTarget: { value } }) => setTyped({ ...typed, [end]: value.trim() })}
          />
        </label>
      ))}
      <button class="ds-button" type="submit">{t("history_show")}</button>
      <p id="months-wrong" role="alert" class="error">
        {wrong !== null && t(`numbers_fault_${wrong}`)}
      </p>
    </form>
  );
}
