/** Advice from a colleague: asking for it, who is asked, and the asked one's own foot of the page. */
import { checkText, type Summary } from "@prek/wire";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isOwned } from "../board";
import { takeOver } from "../commands";
import { wantFocus } from "../focus";
import { mayTake } from "../glass";
import { draftOf } from "../model";
import { useShown } from "./context";

export function Consult({ summary }: { readonly summary: Summary }) {
  const { desk, state, ask, t, number } = useShown();
  const { conversation, epoch } = summary;
  const [colleague, setColleague] = useState("");
  const [missing, setMissing] = useState(false);
  const first = useRef<HTMLSelectElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const text = draftOf(state, conversation).consult;
  const close = () => {
    ask(null);
    desk.dispatch({ type: "pane", pane: "dialogue" });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (colleague === "") {
      setMissing(true);
      first.current?.focus();
      return;
    }
    const words = draftOf(desk.state, conversation).consult;
    const note = checkText(words) === null ? words : null;
    desk.act({ type: "consult", conversation, epoch, agent: colleague, note });
    desk.dispatch({ type: "draft", conversation, draft: { consult: "" } });
    close();
  };
  return (
    <form
      class="handover"
      aria-label={t("consult")}
      onSubmit={submit}
      noValidate
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <h2>{t("consult")}</h2>
      <p class="hint">{t("consult_hint")}</p>
      <label class="ds-label" for="adviser">{t("consult_agent")}</label>
      <select
        class="ds-input"
        id="adviser"
        ref={first}
        value={colleague}
        aria-invalid={missing}
        aria-describedby="adviser-error"
        onChange={(event) => {
          setColleague(event.currentTarget.value);
          setMissing(false);
        }}
      >
        <option value="">{t("consult_choose")}</option>
        <Advisers summary={summary} />
      </select>
      <p id="adviser-error" role="alert" class="error">{missing && t("consult_missing")}</p>
      <label class="ds-label" for="consult-note">{t("consult_note")}</label>
      <textarea
        class="ds-input"
        id="consult-note"
        rows={3}
        value={text}
        onInput={({ currentTarget: { value } }) =>
          desk.dispatch({ type: "draft", conversation, draft: { consult: value } })}
      />
      <p role="status" class="warning">
        {number(text) !== "" && t("warn_number", { what: number(text) })}
      </p>
      <div class="buttons">
        <button class="ds-button" type="submit">{t("consult_send")}</button>
        <button class="ds-button" type="button" data-variant="tertiary" onClick={close}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}

/** Colleagues by department, with how they are as far as it has been told. */
function Advisers({ summary }: { readonly summary: Summary }) {
  const { state, t, department } = useShown();
  const { directory, colleagues, board } = state;
  const asked = new Set([board.me, ...summary.consulted]);
  return (
    <>
      {directory?.departments.map(({ id }) => {
        const people = directory.agents.filter(
          (agent) => !asked.has(agent.id) && agent.departments[0] === id,
        );
        return people.length === 0 ? null : (
          <optgroup key={id} label={department(id)}>
            {people.map((agent) => {
              const presence = colleagues[agent.id];
              return (
                <option key={agent.id} value={agent.id}>
                  {agent.name}
                  {presence !== undefined && ` – ${t(`presence_${presence}`).toLowerCase()}`}
                </option>
              );
            })}
          </optgroup>
        );
      })}
    </>
  );
}

/** Who is asked for advice; the owner may end it. */
export function Consulted({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, agent } = useShown();
  const { conversation, consulted } = summary;
  if (consulted.length === 0) return null;
  const owned = isOwned(summary, state.board.me);
  return (
    <section>
      <h2>{t("consulted")}</h2>
      <ul class="consulted">
        {consulted.map((id) => (
          <li key={id}>
            <span>{id === state.board.me ? t("you") : agent(id)}</span>
            {owned && (
              <button
                type="button"
                class="ds-button"
                data-variant="tertiary"
                aria-label={t("consult_end_named", { name: agent(id) })}
                onClick={() => desk.act({ type: "end_consult", conversation, agent: id })}
              >
                {t("consult_end")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where one would write to the citizen: whoever is asked for advice writes notes alone. */
export function Adviser({ summary }: { readonly summary: Summary }) {
  const { desk, state, t, agent } = useShown();
  const { conversation } = summary;
  const { me } = state.board;
  const write = () => {
    desk.dispatch({ type: "pane", pane: "details" });
    wantFocus("note", conversation);
  };
  return (
    <section class="foot" aria-label={t("advising")}>
      <p>{t("advising_text", { name: agent(summary.owner ?? "") })}</p>
      <div class="buttons">
        <button type="button" class="ds-button" onClick={write}>{t("advising_write")}</button>
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          onClick={() => desk.act({ type: "end_consult", conversation, agent: me })}
        >
          {t("advising_end")}
        </button>
        {mayTake(summary, state) && (
          <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            onClick={() => takeOver(desk, summary)}
          >
            {t("take_over")}
          </button>
        )}
      </div>
    </section>
  );
}
