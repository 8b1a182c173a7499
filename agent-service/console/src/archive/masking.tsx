/** Taking words out afterwards: what stands there instead says that it was done, and why. */
import { newId } from "@prek/wire";
import { useState } from "preact/hooks";
import type { EarlierLine } from "../earlier";
import { failed, mask, MASK_REASONS, type MaskReason } from "./asking";
import { useArchiveWords } from "./words";

interface MaskingProps {
  readonly conversation: string;
  readonly lines: readonly EarlierLine[];
  readonly done: () => void;
}

const SHOWN = 60;

export function Masking({ conversation, lines, done }: MaskingProps) {
  const { t, clock, wrong } = useArchiveWords();
  const [seq, setSeq] = useState("");
  const [text, setText] = useState("");
  const [reason, setReason] = useState<MaskReason>("third_party");
  const [problem, setProblem] = useState("");
  const [news, setNews] = useState("");
  const choices = lines.flatMap(({ time, event }) => {
    if (event === null) return [];
    const { body } = event;
    const words = body.kind === "message" ? body.text : body.kind === "attached" ? body.name : null;
    return words === null ? [] : [{ seq: event.seq, file: body.kind === "attached", time, words }];
  });
  const chosen = choices.find((each) => String(each.seq) === seq);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setNews("");
    if (chosen === undefined) return setProblem(t("ar_mask_missing"));
    const part = text !== "" && !chosen.file ? { text } : {};
    const answer = await mask(conversation, {
      id: newId(),
      stream: "dialogue",
      seq: chosen.seq,
      reason,
      ...part,
    });
    if (failed(answer)) {
      setProblem(answer.code === "not_found" ? t("ar_mask_not_there") : wrong(answer.code));
      return;
    }
    setProblem("");
    setText("");
    setNews(t("ar_masked", { n: answer.masked }));
    done();
  };
  return (
    <form aria-label={t("ar_mask_it")} noValidate onSubmit={(event) => void submit(event)}>
      <p class="hint">{t("ar_mask_hint")}</p>
      <label class="ds-label" for="ar-mask-event">{t("ar_mask_event")}</label>
      <select
        class="ds-input"
        id="ar-mask-event"
        value={seq}
        onChange={({ currentTarget: { value } }) => setSeq(value)}
      >
        <option value="">{t("ar_mask_choose")}</option>
        {choices.map((each) => (
          <option key={each.seq} value={String(each.seq)}>
            {clock(each.time)} {each.words.slice(0, SHOWN)}
          </option>
        ))}
      </select>
      {chosen?.file !== true && (
        <>
          <label class="ds-label" for="ar-mask-text">{t("ar_mask_text")}</label>
          <p class="hint" id="ar-mask-text-hint">{t("ar_mask_text_hint")}</p>
          <input
            class="ds-input"
            id="ar-mask-text"
            autocomplete="off"
            aria-describedby="ar-mask-text-hint"
            value={text}
            onInput={({ currentTarget: { value } }) => setText(value)}
          />
        </>
      )}
      <label class="ds-label" for="ar-mask-reason">{t("ar_mask_reason")}</label>
      <select
        class="ds-input"
        id="ar-mask-reason"
        value={reason}
        onChange={({ currentTarget: { value } }) =>
          setReason(MASK_REASONS.find((each) => each === value) ?? "third_party")}
      >
        {MASK_REASONS.map((each) => (
          <option key={each} value={each}>{t(`ar_mask_${each}`)}</option>
        ))}
      </select>
      <p role="alert" class="error">{problem}</p>
      <p role="status">{news}</p>
      <button class="ds-button" data-color="danger" type="submit">{t("ar_mask_yes")}</button>
    </form>
  );
}
