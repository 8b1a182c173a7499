/** What is looked for, and what the found are to be. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { localized } from "../texts";
import { useShown } from "../views/context";
import { CLASSES, fault, NOTHING_ASKED, ORDERS, OUTCOMES, type Question, STATES } from "./asking";

/** Letters of a question. */
const LONGEST = 500;

interface FormProps {
  readonly submit: (question: Question) => void;
}

export function SearchForm({ submit }: FormProps) {
  const { t, state, preferences } = useShown();
  const [question, setQuestion] = useState<Question>(NOTHING_ASKED);
  const [wrong, setWrong] = useState<"from" | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const put = (values: Partial<Question>) => setQuestion({ ...question, ...values });
  const check = (event: SubmitEvent) => {
    event.preventDefault();
    const problem = fault(question);
    setWrong(problem);
    if (problem === null) return submit(question);
    form.current?.querySelector<HTMLInputElement>("#search-from")?.focus();
  };
  const { departments = [], topics = [], agents = [] } = state.directory ?? {};
  const named = (all: typeof departments | typeof topics) =>
    all.map(({ id, name }) => ({ value: id, words: localized(name, preferences.language) }));
  const choices: readonly Choice[] = [
    { name: "department", options: named(departments) },
    { name: "topic", options: named(topics) },
    { name: "agent", options: agents.map(({ id, name }) => ({ value: id, words: name })) },
    { name: "state", options: STATES.map((value) => ({ value, words: t(`state_${value}`) })) },
    { name: "outcome", options: OUTCOMES.map((value) => ({ value, words: t(`outcome_${value}`) })) },
    {
      name: "archive",
      options: CLASSES.map((value) => ({
        value,
        words: t(value === "unclassified" ? "search_unclassified" : `archive_${value}`),
      })),
    },
  ];
  return (
    <form ref={form} onSubmit={check} noValidate role="search" aria-label={t("search_title")}>
      <div class="field whole">
        <label class="ds-label" for="search-q">
          {t("search_words")}
        </label>
        <input
          class="ds-input"
          id="search-q"
          type="search"
          ref={field}
          autocomplete="off"
          spellcheck={false}
          maxLength={LONGEST}
          value={question.q}
          aria-describedby="search-help"
          onInput={({ currentTarget: { value } }) => put({ q: value })}
        />
        <p class="hint" id="search-help">
          {t("search_help")}
        </p>
      </div>
      {(["from", "to"] as const).map((end) => (
        <Field key={end} name={end} label={t(`search_${end}`)}>
          <input
            class="ds-input"
            id={`search-${end}`}
            type="date"
            value={question[end]}
            aria-invalid={wrong === "from"}
            aria-describedby="search-from-wrong"
            onInput={({ currentTarget: { value } }) => put({ [end]: value })}
          />
          {end === "from" && (
            <p class="error" id="search-from-wrong">
              {wrong === "from" && t("search_wrong_period")}
            </p>
          )}
        </Field>
      ))}
      {choices.map(({ name, options }) => (
        <Field key={name} name={name} label={t(`search_${name}`)}>
          <select
            class="ds-input"
            id={`search-${name}`}
            value={question[name]}
            onChange={({ currentTarget: { value } }) => put({ [name]: value })}
          >
            <option value="">{t("search_all")}</option>
            {options.map(({ value, words }) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </Field>
      ))}
      <Field name="order" label={t("search_order")}>
        <select
          class="ds-input"
          id="search-order"
          value={question.order}
          onChange={({ currentTarget: { value } }) => put({ order: value as Question["order"] })}
        >
          {ORDERS.map((order) => (
            <option key={order} value={order}>
              {t(`search_order_${order}`)}
            </option>
          ))}
        </select>
      </Field>
      <div class="buttons">
        <button class="ds-button" type="submit">
          {t("search_button")}
        </button>
        <button
          class="ds-button"
          type="button"
          data-variant="secondary"
          onClick={() => {
            setQuestion(NOTHING_ASKED);
            setWrong(null);
            field.current?.focus();
          }}
        >
          {t("search_clear")}
        </button>
      </div>
    </form>
  );
}

interface Choice {
  readonly name: "department" | "topic" | "agent" | "state" | "outcome" | "archive";
  readonly options: readonly { readonly value: string; readonly words: string }[];
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly children: ComponentChildren;
}

function Field({ name, label, children }: FieldProps) {
  return (
    <div class="field">
      <label class="ds-label" for={`search-${name}`}>
        {label}
      </label>
      {children}
    </div>
  );
}
