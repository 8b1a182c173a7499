/** Access: everything about somebody's own conversations, with others' words taken out. */
import { save } from "@prek/wire";
import { useState } from "preact/hooks";
import { type AccessPreview, type AccessRequest, accessPackage, failed, previewAccess } from "./asking";
import { linesOf, namedIn } from "./model";
import { Table } from "./parts";
import { useArchiveWords } from "./words";

const FILES = ["own", "all", "none"] as const;
const LANGUAGES = ["nb", "nn", "en"] as const;
const MASKED = ["word", "email", "phone", "number"] as const;

interface Written {
  readonly which: string;
  readonly own: string;
  readonly others: string;
  readonly reason: string;
  readonly notes: boolean;
  readonly files: AccessRequest["files"];
  readonly language: AccessRequest["language"];
}

const NOTHING: Written = {
  which: "", own: "", others: "", reason: "", notes: false, files: "own", language: "nb",
};

function requestOf({ which, own, others, reason, ...rest }: Written): AccessRequest {
  return {
    ...rest, ...namedIn(which), own: linesOf(own), words: linesOf(others), reason: reason.trim(),
  };
}

export function AccessPart() {
  const { t, wrong } = useArchiveWords();
  const [written, setWritten] = useState<Written>(NOTHING);
  const [found, setFound] = useState<AccessPreview | null>(null);
  const [problem, setProblem] = useState("");
  const [under, setUnder] = useState(false);
  const put = (values: Partial<Written>) => {
    setWritten({ ...written, ...values });
    setFound(null);
  };
  const missing = () => {
    const { conversations, receipts, links, reason } = requestOf(written);
    if (conversations.length + receipts.length + links.length === 0) return t("ar_access_which");
    return reason === "" ? t("ar_reason_missing") : null;
  };
  const look = async (event: SubmitEvent) => {
    event.preventDefault();
    const gap = missing();
    if (gap !== null || under) return setProblem(gap ?? "");
    setUnder(true);
    const answer = await previewAccess(requestOf(written));
    setUnder(false);
    if (failed(answer)) return setProblem(wrong(answer.code));
    setProblem("");
    setFound(answer);
  };
  const fetch = async () => {
    setUnder(true);
    const came = await accessPackage(requestOf(written));
    setUnder(false);
    if (came instanceof Blob) save(came, "innsyn.zip");
    else setProblem(wrong(came.code));
  };
  return (
    <>
      <form noValidate aria-label={t("ar_part_access")} onSubmit={(event) => void look(event)}>
        <Area
          id="which" label={t("ar_access_named")} hint={t("ar_access_named_hint")}
          value={written.which} put={(which) => put({ which })}
        />
        <Area
          id="own" label={t("ar_access_own")} hint={t("ar_access_own_hint")}
          value={written.own} put={(own) => put({ own })}
        />
        <Area
          id="others" label={t("ar_access_others")} hint={t("ar_access_others_hint")}
          value={written.others} put={(others) => put({ others })}
        />
        <label class="ds-label" for="ar-access-files">{t("ar_access_files")}</label>
        <select
          class="ds-input"
          id="ar-access-files"
          value={written.files}
          onChange={({ currentTarget: { value } }) =>
            put({ files: FILES.find((each) => each === value) ?? "own" })}
        >
          {FILES.map((each) => (
            <option key={each} value={each}>{t(`ar_access_files_${each}`)}</option>
          ))}
        </select>
        <label class="ds-label" for="ar-access-language">{t("ar_access_language")}</label>
        <select
          class="ds-input"
          id="ar-access-language"
          value={written.language}
          onChange={({ currentTarget: { value } }) =>
            put({ language: LANGUAGES.find((each) => each === value) ?? "nb" })}
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each}>{t(`ar_language_${each}`)}</option>
          ))}
        </select>
        <label class="switch">
          <input
            type="checkbox"
            class="ds-input"
            checked={written.notes}
            onChange={({ currentTarget: { checked } }) => put({ notes: checked })}
          />
          {t("ar_access_notes")}
        </label>
        <label class="ds-label" for="ar-access-reason">{t("ar_access_reason")}</label>
        <p class="hint" id="ar-access-reason-hint">{t("ar_access_reason_hint")}</p>
        <input
          class="ds-input"
          id="ar-access-reason"
          autocomplete="off"
          maxLength={500}
          aria-describedby="ar-access-reason-hint"
          value={written.reason}
          onInput={({ currentTarget: { value } }) => put({ reason: value })}
        />
        <p role="alert" class="error">{problem}</p>
        <button class="ds-button" type="submit" aria-disabled={under}>{t("ar_access_look")}</button>
        <p role="status">{under && t("loading")}</p>
      </form>
      {found !== null && <Preview found={found} fetch={() => void fetch()} />}
    </>
  );
}

interface AreaProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly put: (value: string) => void;
}

function Area({ id, label, hint, value, put }: AreaProps) {
  return (
    <>
      <label class="ds-label" for={`ar-access-${id}`}>{label}</label>
      <p class="hint" id={`ar-access-${id}-hint`}>{hint}</p>
      <textarea
        class="ds-input"
        id={`ar-access-${id}`}
        rows={3}
        aria-describedby={`ar-access-${id}-hint`}
        value={value}
        onInput={({ currentTarget }) => put(currentTarget.value)}
      />
    </>
  );
}

function Preview({ found, fetch }: { readonly found: AccessPreview; readonly fetch: () => void }) {
  const { t, when } = useArchiveWords();
  return (
    <div class="grave">
      <h4>{t("ar_access_found")}</h4>
      {found.not_found.length > 0 && (
        <p class="error">
          {t("ar_access_not_found")} <bdi>{found.not_found.join(", ")}</bdi>
        </p>
      )}
      {found.conversations.length > 0 && (
        <>
          <Table
            caption={t("ar_access_found")}
            heads={[
              t("ar_reference"), t("ar_began"), t("ar_access_events"), t("ar_access_masked"),
              t("ar_access_files"), t("ar_access_to_read"),
            ]}
          >
            {found.conversations.map((each) => (
              <tr key={each.conversation}>
                <th scope="row"><bdi>{each.reference}</bdi></th>
                <td>{when(each.opened_at)}</td>
                <td>{each.events}</td>
                <td>
                  {MASKED.filter((kind) => (each.masked[kind] ?? 0) > 0)
                    .map((kind) => t(`ar_access_masked_${kind}`, { n: each.masked[kind] ?? 0 }))
                    .join(", ") || t("ar_access_masked_none")}
                </td>
                <td>{each.files.filter(({ included }) => included).length}</td>
                <td>{each.to_read}</td>
              </tr>
            ))}
          </Table>
          <p>{t("ar_access_read_first")}</p>
          <button type="button" class="ds-button" onClick={fetch}>{t("ar_access_fetch")}</button>
        </>
      )}
    </div>
  );
}
