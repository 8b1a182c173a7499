/** Canned replies, and how one looks when the desk has filled it in. */
import type { CannedReply } from "@prek/wire";
import { useState } from "preact/hooks";
import { fill, LANGUAGES } from "../../texts";
import { amended, WRITTEN, without } from "../document";
import { useEditing } from "../editing";
import { Entries } from "../entries";
import { ChoiceField, LocalizedFields, TextField, WordsField } from "../fields";
import { REPLY } from "../reading";

/** What the desk fills in, as it is written in a reply. */
const BRACES = {
  agent: "{agent}",
  department: "{department}",
  topic: "{topic}",
  reference: "{reference}",
};
/** A choice that is no department's id: no id is empty. */
const EVERY = "";

export function Replies() {
  const { now, put, t, departmentName } = useEditing();
  const { replies, departments } = now;
  const change = (id: string, values: Partial<CannedReply>, at = "") =>
    put("replies", amended(replies, id, values), at);
  const whose = (department: string | null) =>
    department === null ? t("su_reply_all") : departmentName(department);
  return (
    <Entries
      part="replies"
      items={replies}
      name={({ title }) => title}
      about={({ department, words }) => `${whose(department)} ${words.join(" ")}`.trim()}
      addLabel="su_add_reply"
      add={(id, title) => put("replies", [...replies, { ...REPLY, id, title }])}
      follows={({ title }) => t("su_reply_follows", { title })}
      remove={({ id }) => () => put("replies", without(replies, id))}
    >
      {(reply) => (
        <>
          <TextField
            field="title"
            label={t("su_reply_title")}
            hint={t("su_reply_title_hint")}
            value={reply.title}
            change={(title, at) => change(reply.id, { title }, at)}
          />
          <ChoiceField
            field="department"
            label={t("su_reply_department")}
            value={reply.department ?? EVERY}
            options={[
              [EVERY, t("su_reply_all")] as const,
              ...departments.map(({ id }) => [id, departmentName(id)] as const),
            ]}
            change={(id) => change(reply.id, { department: id === EVERY ? null : id })}
          />
          <p class="hint">{t("su_reply_variables", BRACES)}</p>
          <LocalizedFields
            field="text"
            label={t("su_reply_text")}
            texts={reply.text}
            rows={4}
            change={(text, at) => change(reply.id, { text }, at)}
          />
          <WordsField
            field="words"
            label={t("su_reply_words")}
            hint={t("su_reply_words_hint")}
            words={reply.words}
            change={(words, at) => change(reply.id, { words }, at)}
          />
          <Preview reply={reply} />
        </>
      )}
    </Entries>
  );
}

/** The reply as a citizen reads it, with what stands in braces taken from the set-up. */
function Preview({ reply: { text, department } }: { readonly reply: CannedReply }) {
  const { now, t, departmentName } = useEditing();
  const [language, setLanguage] = useState<(typeof WRITTEN)[number]>("nb");
  const words = text[language] ?? text.nb ?? "";
  const topic = now.topics.find((one) => department === null || one.department === department);
  const example = {
    agent: now.agents[0]?.name ?? "",
    department: departmentName(department ?? now.first_line),
    topic: topic?.name[language] ?? topic?.name.nb ?? "",
    reference: "4F2A9C",
  };
  return (
    <section class="reply-preview" aria-label={t("su_preview")}>
      <h4>{t("su_preview")}</h4>
      <div class="buttons" role="group" aria-label={t("language")}>
        {WRITTEN.map((one) => (
          <button
            key={one}
            type="button"
            class="ds-button"
            data-variant={one === language ? "primary" : "secondary"}
            aria-pressed={one === language}
            onClick={() => setLanguage(one)}
          >
            {LANGUAGES[one]}
          </button>
        ))}
      </div>
      <blockquote lang={language}>
        <bdi>{fill(words, example)}</bdi>
      </blockquote>
    </section>
  );
}
