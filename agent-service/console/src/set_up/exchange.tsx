/** The whole set-up as one file: out, and in again as a draft. */
import { save } from "@prek/wire";
import { useState } from "preact/hooks";
import { placeLink } from "../links";
import type { SetUp } from "./document";
import { Differences } from "./difference-view";
import { changed, type Changes, changesOf } from "./draft";
import { useEditing } from "./editing";
import { readSetUp, Unreadable, writeSetUp } from "./reading";

export function Exchange() {
  const { draft, now, t } = useEditing();
  const dirty = changed(changesOf(draft.base, now)).length > 0;
  return (
    <>
      <section>
        <h4>{t("su_export")}</h4>
        <p class="hint">{t("su_export_hint")}</p>
        <div class="buttons">
          <button type="button" class="ds-button" onClick={() => download(draft.base, "")}>
            {t("su_export_now")}
          </button>
          {dirty && (
            <button
              type="button"
              class="ds-button"
              data-variant="secondary"
              onClick={() => download(now, "-utkast")}
            >
              {t("su_export_draft")}
            </button>
          )}
        </div>
      </section>
      <Import />
    </>
  );
}

interface Read {
  readonly setUp: SetUp;
  readonly changes: Changes;
}

function Import() {
  const { draft, now, edit, t } = useEditing();
  const [read, setRead] = useState<Read | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [taken, setTaken] = useState(false);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    setTaken(false);
    setRead(null);
    setWrong(null);
    try {
      const setUp = readSetUp(await file.text(), draft.base);
      setRead({ setUp, changes: changesOf(now, setUp) });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      setWrong(error.where);
    }
  };
  const count = read === null ? 0 : changed(read.changes).length;
  return (
    <section>
      <h4>{t("su_import")}</h4>
      <p class="hint" id="su-import-hint">
        {t("su_import_hint")}
      </p>
      <label class="ds-label" for="su-import">
        {t("su_import_file")}
      </label>
      <input
        id="su-import"
        type="file"
        accept="application/json,.json"
        aria-describedby="su-import-hint"
        onChange={({ currentTarget }) => {
          void take(currentTarget.files?.[0]);
          currentTarget.value = "";
        }}
      />
      <div role="status">
        {wrong !== null && (
          <p class="ds-alert" data-color="danger">
            {wrong === "JSON" ? t("su_import_not") : t("su_import_wrong", { where: wrong })}
          </p>
        )}
        {read !== null && (
          <p>{t(count === 0 ? "su_import_same" : "su_import_differs", { n: count })}</p>
        )}
        {taken && (
          <p>
            {t("su_import_taken")} <a href={placeLink("set_up", "review")}>{t("su_part_review")}</a>
          </p>
        )}
      </div>
      {read !== null && count > 0 && (
        <>
          <Differences changes={read.changes} />
          <button
            type="button"
            class="ds-button"
            onClick={() => {
              edit(read.setUp);
              setRead(null);
              setTaken(true);
            }}
          >
            {t("su_import_take")}
          </button>
        </>
      )}
    </section>
  );
}

function download(setUp: SetUp, suffix: string): void {
  const file = new Blob([writeSetUp(setUp)], { type: "application/json" });
  save(file, `${setUp.tenant}-${setUp.version}${suffix}.json`);
}
