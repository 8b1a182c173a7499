/** What citizens are told of privacy, and how long what is kept by which law. */
import type { Retention } from "@prek/wire";
import { ARCHIVE_CHOICES } from "../../classifying";
import { SpotContext, useEditing } from "../editing";
import { ChoiceField, NumberField, Switch, TextField } from "../fields";
import { RETENTION } from "../reading";

const EVERY = "";
const USUAL_DAYS = 30;

export function Privacy() {
  const { now, put, t } = useEditing();
  const { privacy } = now;
  const { kept_days, policy_url, retention } = privacy;
  const change = (values: Partial<typeof privacy>, at = "") =>
    put("privacy", { ...privacy, ...values }, at);
  const free = [null, ...now.topics.map(({ id }) => id)]
    .flatMap((topic) => ARCHIVE_CHOICES.map((archive) => ({ topic, archive })))
    .find(
      ({ topic, archive }) =>
        !retention.some((rule) => rule.topic === topic && rule.archive === archive),
    );
  return (
    <>
      <SpotContext.Provider value={{ part: "privacy", entry: "" }}>
        <Switch
          label={t("su_kept_told")}
          hint={t("su_kept_told_hint")}
          on={kept_days !== null}
          change={(on) => change({ kept_days: on ? USUAL_DAYS : null })}
        />
        {kept_days !== null && (
          <NumberField
            field="kept_days"
            label={t("su_kept_days")}
            value={kept_days}
            change={(days, at) => change({ kept_days: days }, at)}
          />
        )}
        <TextField
          field="policy_url"
          label={t("su_policy")}
          hint={t("su_policy_hint")}
          value={policy_url ?? ""}
          change={(url, at) => change({ policy_url: url === "" ? null : url }, at)}
        />
      </SpotContext.Provider>
      <section>
        <h4>{t("su_retention")}</h4>
        <p class="hint">{t("su_retention_hint")}</p>
        {retention.map((rule, at) => (
          // A rule is its place in the list: its topic may be changed.
          <SpotContext.Provider key={at} value={{ part: "privacy", entry: String(at) }}>
            <Rule
              rule={rule}
              change={(values, field) =>
                change(
                  {
                    retention: retention.map((one, n) => (n === at ? { ...one, ...values } : one)),
                  },
                  field,
                )
              }
              remove={() => change({ retention: retention.filter((_, n) => n !== at) })}
            />
          </SpotContext.Provider>
        ))}
        {free !== undefined && (
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => change({ retention: [...retention, { ...RETENTION, ...free }] })}
          >
            {t("su_retention_add")}
          </button>
        )}
      </section>
    </>
  );
}

interface RuleProps {
  readonly rule: Retention;
  readonly change: (values: Partial<Retention>, at?: string) => void;
  readonly remove: () => void;
}

function Rule({ rule, change, remove }: RuleProps) {
  const { now, t, topicName } = useEditing();
  const name = rule.topic === null ? t("su_retention_all") : topicName(rule.topic);
  return (
    <fieldset class="step">
      <legend class="ds-label">{name}</legend>
      <ChoiceField
        field="topic"
        label={t("su_retention_topic")}
        value={rule.topic ?? EVERY}
        options={[
          [EVERY, t("su_retention_all")] as const,
          ...now.topics.map(({ id }) => [id, topicName(id)] as const),
        ]}
        change={(id) => change({ topic: id === EVERY ? null : id })}
      />
      <ChoiceField
        field="archive"
        label={t("su_retention_class")}
        value={rule.archive}
        options={ARCHIVE_CHOICES.map((each) => [each, t(`archive_${each}`)] as const)}
        change={(one) =>
          change({ archive: ARCHIVE_CHOICES.find((each) => each === one) ?? "none" })
        }
      />
      <NumberField
        field="kept_days"
        label={t("su_retention_days")}
        hint={t(rule.archive === "none" ? "su_retention_from_end" : "su_retention_from_receipt")}
        value={rule.kept_days}
        change={(kept_days, at) => change({ kept_days }, at)}
      />
      <TextField
        field="legal_basis"
        label={t("su_retention_basis")}
        hint={t("su_retention_basis_hint")}
        value={rule.legal_basis}
        change={(legal_basis, at) => change({ legal_basis }, at)}
      />
      <button
        type="button"
        class="ds-button"
        data-variant="tertiary"
        data-color="danger"
        onClick={remove}
      >
        {t("su_remove", { name })}
      </button>
    </fieldset>
  );
}
