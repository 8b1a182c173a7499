/** Who read, searched, exported or broke the glass, for archivists. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useShown } from "../views/context";
import { isKey, type Key } from "../texts";
import { ACTIONS, type Entry, NOTHING_ASKED, type Question, search } from "./asking";
import { Found } from "./found";

type Answer =
  { readonly state: "asking" | "there" } | { readonly state: "failed"; readonly key: Key };

export function Page() {
  const { t } = useShown();
  const [question, setQuestion] = useState<Question>(NOTHING_ASKED);
  const [asked, setAsked] = useState<Question>(NOTHING_ASKED);
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [more, setMore] = useState(false);
  const [answer, setAnswer] = useState<Answer>({ state: "asking" });
  // An answer to an earlier question is not shown as the answer to this one.
  const turn = useRef(0);
  const ask = async (wanted: Question, before: readonly Entry[]) => {
    const mine = ++turn.current;
    setAsked(wanted);
    setAnswer({ state: "asking" });
    if (before.length === 0) setEntries([]);
    const found = await search(wanted, before.at(-1)?.id);
    if (mine !== turn.current) return;
    if ("code" in found) {
      const key = `audit_code_${found.code}`;
      return setAnswer({ state: "failed", key: isKey(key) ? key : "audit_failed" });
    }
    setEntries([...before, ...found.entries]);
    setMore(found.more);
    setAnswer({ state: "there" });
  };
  useEffect(() => void ask(NOTHING_ASKED, []), []);
  const only = (conversation: string) => {
    const next = { ...NOTHING_ASKED, conversation };
    setQuestion(next);
    void ask(next, []);
  };
  return (
    <div class="audit">
      <h2>{t("audit_title")}</h2>
      <p class="hint">{t("audit_hint")}</p>
      <SearchForm {...{ question, setQuestion }} submit={() => void ask(question, [])} />
      <div role="status">
        {answer.state === "asking" && <p>{t("loading")}</p>}
        {answer.state === "there" && (
          <p class="hint">
            {t(entries.length === 0 ? "audit_none" : more ? "audit_count_more" : "audit_count", {
              n: entries.length,
            })}
          </p>
        )}
      </div>
      <div role="alert">
        {answer.state === "failed" && (
          <p class="ds-alert" data-color="danger">
            {t(answer.key)}
          </p>
        )}
      </div>
      {entries.length > 0 && <Found {...{ entries, only }} />}
      {more && answer.state === "there" && (
        <div class="buttons">
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => void ask(asked, entries)}
          >
            {t("audit_more")}
          </button>
        </div>
      )}
    </div>
  );
}

interface FormProps {
  readonly question: Question;
  readonly setQuestion: (question: Question) => void;
  readonly submit: () => void;
}

const SUGGESTED = 20;

function SearchForm({ question, setQuestion, submit }: FormProps) {
  const { state, t } = useShown();
  const [wrong, setWrong] = useState<"conversation" | "from" | null>(null);
  const [form, field] = [useRef<HTMLFormElement>(null), useRef<HTMLInputElement>(null)];
  const put = (values: Partial<Question>) => setQuestion({ ...question, ...values });
  const typed = question.who.trim().toLowerCase();
  const staff = (state.directory?.agents ?? [])
    .filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(typed))
    .slice(0, SUGGESTED);
  const check = (event: SubmitEvent) => {
    event.preventDefault();
    const problem = problemOf(question);
    setWrong(problem);
    if (problem === null) return submit();
    form.current?.querySelector<HTMLInputElement>(`#audit-${problem}`)?.focus();
  };
  return (
    <form ref={form} onSubmit={check} noValidate role="search" aria-label={t("audit_search")}>
      <div class="field">
        <label class="ds-label" for="audit-who">
          {t("audit_who")}
        </label>
        <input
          class="ds-input"
          id="audit-who"
          ref={field}
          list="audit-staff"
          autocomplete="off"
          value={question.who}
          onInput={({ currentTarget: { value } }) => put({ who: value })}
        />
        <datalist id="audit-staff">
          {staff.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </datalist>
      </div>
      <div class="field">
        <label class="ds-label" for="audit-action">
          {t("audit_action")}
        </label>
        <select
          class="ds-input"
          id="audit-action"
          value={question.action}
          onChange={({ currentTarget: { value } }) => put({ action: value })}
        >
          <option value="">{t("audit_all")}</option>
          {ACTIONS.map((action) => (
            <option key={action} value={action}>
              {t(`audit_action_${action}`)}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label class="ds-label" for="audit-conversation">
          {t("audit_conversation")}
        </label>
        <input
          class="ds-input"
          id="audit-conversation"
          autocomplete="off"
          spellcheck={false}
          value={question.conversation}
          aria-invalid={wrong === "conversation"}
          aria-describedby="audit-conversation-wrong"
          onInput={({ currentTarget: { value } }) => put({ conversation: value })}
        />
        <p class="error" id="audit-conversation-wrong">
          {wrong === "conversation" && t("audit_wrong_conversation")}
        </p>
      </div>
      {(["from", "to"] as const).map((end) => (
        <div class="field" key={end}>
          <label class="ds-label" for={`audit-${end}`}>
            {t(`audit_${end}`)}
          </label>
          <input
            class="ds-input"
            id={`audit-${end}`}
            type="date"
            value={question[end]}
            aria-invalid={wrong === "from"}
            aria-describedby="audit-from-wrong"
            onInput={({ currentTarget: { value } }) => put({ [end]: value })}
          />
          {end === "from" && (
            <p class="error" id="audit-from-wrong">
              {wrong === "from" && t("audit_wrong_period")}
            </p>
          )}
        </div>
      ))}
      <div class="buttons">
        <button class="ds-button" type="submit">
          {t("audit_search")}
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
          {t("audit_clear")}
        </button>
      </div>
    </form>
  );
}

function problemOf({ conversation, from, to }: Question): "conversation" | "from" | null {
  const id = conversation.trim();
  if (id !== "" && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return "conversation";
  return from !== "" && to !== "" && from > to ? "from" : null;
}
