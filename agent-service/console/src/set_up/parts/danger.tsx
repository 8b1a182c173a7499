/** Words of danger to life, besides the product's own. */
import { SpotContext, useEditing } from "../editing";
import { WordsField } from "../fields";

export function Danger() {
  const { now, put, t } = useEditing();
  return (
    <SpotContext.Provider value={{ part: "danger", entry: "" }}>
      <WordsField
        field="danger_words"
        label={t("su_danger_words")}
        hint={t("su_danger_words_hint")}
        words={now.danger_words}
        change={(words, at) => put("danger_words", words, at)}
      />
    </SpotContext.Provider>
  );
}
