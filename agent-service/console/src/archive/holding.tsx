/** What is held back from erasure, why, and letting it go. */
import { useState } from "preact/hooks";
import { failed, type Hold, hold, holds, lift } from "./asking";
import { idsIn } from "./model";
import { Table, useAnswer, Waiting } from "./parts";
import { Reasoned } from "./reasoned";
import { useArchiveWords } from "./words";

export function Holding() {
  const { t, wrong } = useArchiveWords();
  const { answer, load } = useAnswer(holds, "");
  const [id, setId] = useState("");
  const [news, setNews] = useState("");
  const found = answer === null || failed(answer) ? null : answer.holds;
  const submit = async (reason: string) => {
    const [conversation] = idsIn(id);
    if (conversation === undefined) return t("ar_hold_which");
    const made = await hold(conversation, reason);
    if (failed(made)) return wrong(made.code);
    setId("");
    setNews(t("ar_held"));
    await load();
    return null;
  };
  return (
    <>
      <Waiting answer={answer} />
      {found?.length === 0 && <p>{t("ar_none_held")}</p>}
      {found !== null && found.length > 0 && (
        <Table
          caption={t("ar_part_holding")}
          heads={[t("ar_reference"), t("ar_reason"), t("ar_since"), t("ar_do")]}
        >
          {found.map((each) => (
            <Row
              key={each.id}
              of={each}
              lifted={() => {
                setNews(t("ar_lifted"));
                void load();
              }}
            />
          ))}
        </Table>
      )}
      <p role="status">{news}</p>
      <h4>{t("ar_hold_new")}</h4>
      <label class="ds-label" for="ar-hold-id">{t("ar_conversation_id")}</label>
      <p class="hint" id="ar-hold-id-hint">{t("ar_conversation_id_hint")}</p>
      <input
        class="ds-input"
        id="ar-hold-id"
        autocomplete="off"
        spellcheck={false}
        aria-describedby="ar-hold-id-hint"
        value={id}
        onInput={({ currentTarget: { value } }) => setId(value)}
      />
      <Reasoned
        id="ar-hold-reason"
        label={t("ar_hold_reason")}
        hint={t("ar_hold_hint")}
        button={t("ar_hold_yes")}
        submit={submit}
      />
    </>
  );
}

function Row({ of, lifted }: { readonly of: Hold; readonly lifted: () => void }) {
  const { t, when, wrong, agent, reference } = useArchiveWords();
  const [open, setOpen] = useState(false);
  const submit = async (reason: string) => {
    const answer = await lift(of.conversation, reason);
    if (failed(answer)) return wrong(answer.code);
    lifted();
    return null;
  };
  const ref = reference(of.conversation);
  return (
    <tr>
      <th scope="row"><bdi>{ref}</bdi></th>
      <td><bdi>{of.reason}</bdi></td>
      <td>
        {when(of.set_at)} <small class="hint">{agent(of.set_by)}</small>
      </td>
      <td>
        {!open && (
          <button
            type="button"
            class="as-link"
            aria-label={t("ar_lift_of", { ref })}
            onClick={() => setOpen(true)}
          >
            {t("ar_lift")}
          </button>
        )}
        {open && (
          <Reasoned
            id={`ar-lift-${of.id}`}
            label={t("ar_lift_reason")}
            hint={t("ar_lift_hint")}
            button={t("ar_lift")}
            submit={submit}
          />
        )}
      </td>
    </tr>
  );
}
