/** What is handed over to the municipality's archive, how, and when what is over its time goes. */
import type { ArchiveRules } from "@prek/wire";
import { SpotContext, useEditing } from "../editing";
import { ChoiceField, NumberField, SeveralField, TextField } from "../fields";

const WAYS = ["none", "folder", "http"] as const;
const FOLDERS = ["conversation", "topic_year"] as const;
const STATUSES = ["J", "M"] as const;
const ERASES = ["asked", "nightly"] as const;

export function Archive() {
  const { now, put, t, topicName } = useEditing();
  const { archive, topics } = now;
  const change = (values: Partial<ArchiveRules>, at = "") =>
    put("archive", { ...archive, ...values }, at);
  const shield = (values: Partial<ArchiveRules["shielding"]>, at: string) =>
    change({ shielding: { ...archive.shielding, ...values } }, at);
  return (
    <SpotContext.Provider value={{ part: "archive", entry: "" }}>
      <Way {...{ archive, change }} />
      <section>
        <h4>{t("su_archive_record")}</h4>
        <TextField
          field="creator"
          label={t("su_archive_creator")}
          hint={t("su_archive_creator_hint")}
          value={archive.creator}
          change={(creator, at) => change({ creator }, at)}
        />
        <ChoiceField
          field="folder"
          label={t("su_archive_folder")}
          value={archive.folder}
          options={FOLDERS.map((each) => [each, t(`su_archive_folder_${each}`)] as const)}
          change={(one) => change({ folder: FOLDERS.find((each) => each === one) ?? "conversation" })}
        />
        <ChoiceField
          field="journal_status"
          label={t("su_archive_status")}
          value={archive.journal_status}
          options={STATUSES.map((each) => [each, t(`su_archive_status_${each}`)] as const)}
          change={(one) => change({ journal_status: STATUSES.find((each) => each === one) ?? "J" })}
        />
        <TextField
          field="classification_system"
          label={t("su_archive_key")}
          hint={t("su_archive_key_hint")}
          value={archive.classification_system}
          change={(classification_system, at) => change({ classification_system }, at)}
        />
        {archive.classification_system.trim() !== "" && (
          <fieldset class="choice">
            <legend>{t("su_archive_classes")}</legend>
            {topics.map(({ id }) => (
              <TextField
                key={id}
                field={`class-${id}`}
                label={topicName(id)}
                narrow
                value={archive.classes[id] ?? ""}
                change={(value, at) => change({ classes: classed(archive.classes, id, value) }, at)}
              />
            ))}
          </fieldset>
        )}
      </section>
      <section>
        <h4>{t("su_archive_shielding")}</h4>
        <p class="hint">{t("su_archive_shielding_hint")}</p>
        <TextField
          field="code"
          label={t("su_archive_code")}
          narrow
          value={archive.shielding.code}
          change={(code, at) => shield({ code }, at)}
        />
        <TextField
          field="basis"
          label={t("su_archive_basis")}
          value={archive.shielding.legal_basis}
          change={(legal_basis, at) => shield({ legal_basis }, at)}
        />
        <SeveralField
          field="shielded_topics"
          label={t("su_archive_shielded")}
          chosen={archive.shielded_topics}
          options={topics.map(({ id }) => [id, topicName(id)] as const)}
          change={(shielded_topics) => change({ shielded_topics })}
        />
      </section>
      <section>
        <h4>{t("su_archive_after")}</h4>
        <NumberField
          field="remind_days"
          label={t("su_archive_remind")}
          hint={t("su_archive_remind_hint")}
          value={archive.remind_days}
          change={(remind_days, at) => change({ remind_days }, at)}
        />
        <ChoiceField
          field="erases"
          label={t("su_archive_erases")}
          hint={t("su_archive_erases_hint")}
          value={archive.erases}
          options={ERASES.map((each) => [each, t(`su_archive_erases_${each}`)] as const)}
          change={(one) => change({ erases: ERASES.find((each) => each === one) ?? "asked" })}
        />
      </section>
    </SpotContext.Provider>
  );
}

interface WayProps {
  readonly archive: ArchiveRules;
  readonly change: (values: Partial<ArchiveRules>, at?: string) => void;
}

function Way({ archive, change }: WayProps) {
  const { t } = useEditing();
  return (
    <>
      <ChoiceField
        field="way"
        label={t("su_archive_way")}
        hint={t("su_archive_way_hint")}
        value={archive.way}
        options={WAYS.map((each) => [each, t(`su_archive_way_${each}`)] as const)}
        change={(one) => change({ way: WAYS.find((each) => each === one) ?? "none" })}
      />
      {archive.way === "http" && (
        <TextField
          field="url"
          label={t("su_archive_url")}
          hint={t("su_archive_url_hint")}
          value={archive.url ?? ""}
          change={(url, at) => change({ url: url === "" ? null : url }, at)}
        />
      )}
    </>
  );
}

/** An empty class is none. */
function classed(classes: Readonly<Record<string, string>>, topic: string, value: string) {
  const { [topic]: _, ...others } = classes;
  return value.trim() === "" ? others : { ...others, [topic]: value };
}
