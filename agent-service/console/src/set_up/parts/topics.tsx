/** What enquiries may be about, who knows it, and what citizens call it. */
import type { Topic } from "@prek/wire";
import { ARCHIVE_CHOICES } from "../../classifying";
import { amended } from "../document";
import { useEditing } from "../editing";
import { Entries } from "../entries";
import { ChoiceField, LocalizedFields, NumberField, Switch, WordsField } from "../fields";
import { TOPIC } from "../reading";
import { namesTopic, withoutTopic } from "../removing";

/** No usual choice: it stands open at the wrap-up. */
const OPEN = "";

export function Topics() {
  const { now, put, edit, t, departmentName, topicName } = useEditing();
  const { topics, departments, first_line } = now;
  const change = (id: string, values: Partial<Topic>, at = "") =>
    put("topics", amended(topics, id, values), at);
  return (
    <Entries
      part="topics"
      items={topics}
      name={({ id }) => topicName(id)}
      about={({ department, words }) =>
        `${departmentName(department)} ${words.join(" ")}`.slice(0, 90)
      }
      addLabel="su_add_topic"
      add={(id, nb) =>
        put("topics", [...topics, { ...TOPIC, id, department: first_line, name: { nb } }])
      }
      follows={({ id }) => t("su_topic_follows", namesTopic(now, id))}
      remove={({ id }) => () => edit(withoutTopic(now, id))}
    >
      {({ id, name, department, direct, level, words, archive }) => (
        <>
          <LocalizedFields
            field="name"
            label={t("su_name")}
            texts={name}
            change={(next, at) => change(id, { name: next }, at)}
          />
          <ChoiceField
            field="department"
            label={t("su_topic_department")}
            value={department}
            options={departments.map((one) => [one.id, departmentName(one.id)] as const)}
            change={(next) => change(id, { department: next })}
          />
          <Switch
            label={t("su_direct")}
            hint={t("su_direct_hint")}
            on={direct}
            change={(on) => change(id, { direct: on })}
          />
          <NumberField
            field="level"
            label={t("su_level")}
            hint={t("su_level_hint")}
            value={level}
            change={(next, at) => change(id, { level: next }, at)}
          />
          <ChoiceField
            field="archive"
            label={t("su_topic_archive")}
            hint={t("su_topic_archive_hint")}
            value={archive ?? OPEN}
            options={[
              [OPEN, t("su_topic_archive_open")] as const,
              ...ARCHIVE_CHOICES.map((each) => [each, t(`archive_${each}`)] as const),
            ]}
            change={(one) =>
              change(id, { archive: ARCHIVE_CHOICES.find((each) => each === one) ?? null })
            }
          />
          <WordsField
            field="words"
            label={t("su_words")}
            hint={t("su_words_hint")}
            words={words}
            change={(next, at) => change(id, { words: next }, at)}
          />
        </>
      )}
    </Entries>
  );
}
