/** What is to be handed over to the archive, what is on its way, and what came of it. */
import { save } from "@prek/wire";
import { useState } from "preact/hooks";
import { localized } from "../texts";
import {
  archivePackage, failed, type ExportState, type Handed, handed, retry, STATES,
} from "./asking";
import { errorOf } from "./model";
import { Opened } from "./opened";
import { Table, useAnswer, Waiting } from "./parts";
import { PutIn } from "./put-in";
import { useArchiveWords } from "./words";

export function HandingOver() {
  const { t, state, language } = useArchiveWords();
  const [shown, setShown] = useState<ExportState>("unclassified");
  const [department, setDepartment] = useState("");
  const [pages, setPages] = useState<readonly string[]>([]);
  const after = pages.at(-1) ?? null;
  const { answer, load } = useAnswer(
    () => handed(shown, department, after),
    `${shown} ${department} ${after ?? ""}`,
  );
  const found = answer === null || failed(answer) ? null : answer;
  const changed = () => void load();
  return (
    <>
      {found?.way === "none" && <p class="ds-alert" data-color="info">{t("ar_way_none")}</p>}
      <div class="buttons" role="group" aria-label={t("ar_states")}>
        {STATES.map((each) => (
          <button
            key={each}
            type="button"
            class="ds-button"
            data-variant={each === shown ? "primary" : "secondary"}
            aria-pressed={each === shown}
            onClick={() => {
              setPages([]);
              setShown(each);
            }}
          >
            {t(`ar_state_${each}`)} {found === null ? "" : `(${String(found.counts[each])})`}
          </button>
        ))}
      </div>
      <div class="field">
        <label class="ds-label" for="ar-department">{t("ar_department")}</label>
        <select
          class="ds-input"
          id="ar-department"
          value={department}
          onChange={({ currentTarget: { value } }) => {
            setPages([]);
            setDepartment(value);
          }}
        >
          <option value="">{t("ar_all")}</option>
          {(state.directory?.departments ?? []).map(({ id, name }) => (
            <option key={id} value={id}>{localized(name, language)}</option>
          ))}
        </select>
      </div>
      <Waiting answer={answer} />
      {found !== null && <List {...{ shown, changed }} rows={found.conversations} />}
      <div class="buttons">
        {pages.length > 0 && (
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => setPages(pages.slice(0, -1))}
          >
            {t("ar_former")}
          </button>
        )}
        {found?.next != null && (
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => setPages([...pages, found.next ?? ""])}
          >
            {t("ar_next")}
          </button>
        )}
      </div>
    </>
  );
}

interface ListProps {
  readonly shown: ExportState;
  readonly rows: readonly Handed[];
  readonly changed: () => void;
}

function List({ shown, rows, changed }: ListProps) {
  const { t } = useArchiveWords();
  const [open, setOpen] = useState<string | null>(null);
  const [byHand, setByHand] = useState<Handed | null>(null);
  if (rows.length === 0) return <p role="status">{t("ar_none")}</p>;
  return (
    <>
      <Table
        caption={t(`ar_state_${shown}`)}
        heads={[
          t("ar_reference"), t("ar_ended"), t("ar_topic"), t("ar_choice"), t("ar_news"),
          t("ar_do"),
        ]}
      >
        {rows.map((row) => (
          <Row key={row.conversation} {...{ row, changed }} read={setOpen} byHand={setByHand} />
        ))}
      </Table>
      {byHand !== null && (
        <PutIn
          of={byHand}
          close={() => setByHand(null)}
          done={() => {
            setByHand(null);
            changed();
          }}
        />
      )}
      {open !== null && (
        <Opened
          conversation={open}
          close={() => {
            setOpen(null);
            changed();
          }}
        />
      )}
    </>
  );
}

interface RowProps {
  readonly row: Handed;
  readonly changed: () => void;
  readonly read: (conversation: string) => void;
  readonly byHand: (row: Handed) => void;
}

function Row({ row, changed, read, byHand }: RowProps) {
  const { t, when, wrong, said, choice, topic, department } = useArchiveWords();
  const [problem, setProblem] = useState("");
  const { conversation, reference, archive, state } = row;
  const again = async () => {
    const answer = await retry(conversation);
    if (failed(answer)) setProblem(wrong(answer.code));
    else changed();
  };
  const fetch = async () => {
    const came = await archivePackage(conversation);
    if (came instanceof Blob) save(came, `arkivpakke-${reference}.zip`);
    else setProblem(wrong(came.code));
  };
  const error = row.error === null ? null : errorOf(row.error);
  return (
    <tr>
      <th scope="row">
        <bdi>{reference}</bdi>
      </th>
      <td>{when(row.closed_at)}</td>
      <td>
        {topic(row.topic)}
        <small class="hint"> {department(row.department)}</small>
      </td>
      <td>{choice(archive)}</td>
      <td>
        {row.case_number !== null && <div>{t("ar_case", { number: row.case_number })}</div>}
        {row.record_number !== null && <div>{t("ar_record", { number: row.record_number })}</div>}
        {row.received_at !== null && <div>{t("ar_received", { when: when(row.received_at) })}</div>}
        {error !== null && (
          <div class="error">
            {said(`ar_error_${error.code}`, error.code)} <bdi>{error.detail}</bdi>
          </div>
        )}
      </td>
      <td>
        <div class="buttons">
          <Button name={t("ar_read")} of={reference} press={() => read(conversation)} />
          {archive !== null && archive !== "none" && (
            <Button name={t("ar_package")} of={reference} press={() => void fetch()} />
          )}
          {state === "failed" && (
            <Button name={t("ar_retry")} of={reference} press={() => void again()} />
          )}
          {(state === "failed" || state === "waiting") && (
            <Button name={t("ar_by_hand")} of={reference} press={() => byHand(row)} />
          )}
        </div>
        <span role="alert" class="error">{problem}</span>
      </td>
    </tr>
  );
}

interface ButtonProps {
  readonly name: string;
  readonly of: string;
  readonly press: () => void;
}

function Button({ name, of, press }: ButtonProps) {
  return (
    <button type="button" class="as-link" aria-label={`${name} ${of}`} onClick={press}>
      {name}
    </button>
  );
}
