/** Asking a department, or a colleague in it, to go on. */
import { type Summary } from "@prek/wire";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { draftOf } from "../model";
import { useShown } from "./context";

export function Handover({ summary }: { readonly summary: Summary }) {
  const { desk, state, ask, t, number } = useShown();
  const { conversation, epoch } = summary;
  const [department, setDepartment] = useState("");
  const [colleague, setColleague] = useState("");
  const [missing, setMissing] = useState(false);
  const first = useRef<HTMLSelectElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const text = draftOf(state, conversation).handover;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (department === "") {
      setMissing(true);
      first.current?.focus();
      return;
    }
    const agent = colleague === "" ? null : colleague;
    const note = text.trim() === "" ? null : text;
    desk.act({ type: "handover", conversation, epoch, department, agent, note });
    desk.dispatch({ type: "draft", conversation, draft: { handover: "" } });
    close();
  };
  const close = () => {
    ask(null);
    desk.dispatch({ type: "pane", pane: "dialogue" });
  };
  return (
    <form
      class="handover"
      aria-label={t("handover")}
      onSubmit={submit}
      noValidate
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <h2>{t("handover")}</h2>
      <p class="hint">{t("handover_hint")}</p>
      <label class="ds-label" for="to">{t("handover_to")}</label>
      <select
        class="ds-input"
        id="to"
        ref={first}
        value={department}
        aria-invalid={missing}
        aria-describedby="to-error"
        onChange={(event) => {
          setDepartment(event.currentTarget.value);
          setColleague("");
          setMissing(false);
        }}
      >
        <option value="">{t("handover_choose")}</option>
        <Departments />
      </select>
      <p id="to-error" role="alert" class="error">{missing && t("handover_missing")}</p>
      <label class="ds-label" for="colleague">{t("handover_agent")}</label>
      <select
        class="ds-input"
        id="colleague"
        value={colleague}
        onChange={(event) => setColleague(event.currentTarget.value)}
      >
        <option value="">{t("handover_anyone")}</option>
        <Colleagues department={department} />
      </select>
      <label class="ds-label" for="handover-note">{t("handover_note")}</label>
      <textarea
        class="ds-input"
        id="handover-note"
        rows={3}
        value={text}
        onInput={({ currentTarget: { value } }) =>
          desk.dispatch({ type: "draft", conversation, draft: { handover: value } })}
      />
      <p role="status" class="warning">
        {number(text) !== "" && t("warn_number", { what: number(text) })}
      </p>
      <div class="buttons">
        <button class="ds-button" type="submit">{t("handover_send")}</button>
        <button class="ds-button" type="button" data-variant="tertiary" onClick={close}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}

function Departments() {
  const { state, t, department } = useShown();
  return (
    <>
      {state.directory?.departments.map(({ id, confidential }) => (
        <option key={id} value={id}>
          {department(id)}
          {confidential && ` (${t("confidential")})`}
        </option>
      ))}
    </>
  );
}

/** The department's people, with how they are as far as it has been told. */
function Colleagues({ department }: { readonly department: string }) {
  const { state, t } = useShown();
  const colleagues = (state.directory?.agents ?? []).filter(
    ({ id, departments }) => id !== state.board.me && departments.includes(department),
  );
  return (
    <>
      {colleagues.map(({ id, name }) => {
        const presence = state.colleagues[id];
        return (
          <option key={id} value={id}>
            {name}
            {presence !== undefined && ` – ${t(`presence_${presence}`).toLowerCase()}`}
          </option>
        );
      })}
    </>
  );
}
