/** What the chat did for the municipality: a report of some months, to be read, printed or saved. */
import { useEffect, useState } from "preact/hooks";
import { Department, Own } from "../leading/asked-of";
import { ask, COUNTED_WITHIN_MS } from "../leading/asking";
import { useWords } from "../leading/words";
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
        {choice === "own" && (
          <Own
            label="numbers_months_own"
            type="month"
            placeholder="2013-01"
            ends={months}
            choose={setMonths}
            fault={(ends) => keyOf(fault(ends))}
          />
        )}
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

function keyOf(found: ReturnType<typeof fault>) {
  return found === null ? null : (`numbers_fault_${found}` as const);
}
