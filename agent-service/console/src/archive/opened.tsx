/** A conversation to read, and what an archivist does about it: classify, hold back, take words out. */
import { useState } from "preact/hooks";
import { ARCHIVE_CHOICES, type ArchiveChoice } from "../classifying";
import { refusalKey } from "../texts";
import { Reading } from "../views/reading";
import { failed, hold } from "./asking";
import { Masking } from "./masking";
import { Reasoned } from "./reasoned";
import { useArchiveWords } from "./words";

interface OpenedProps {
  readonly conversation: string;
  readonly close: () => void;
}

export function Opened({ conversation, close }: OpenedProps) {
  const { t, reference } = useArchiveWords();
  const [tries, setTries] = useState(0);
  return (
    <Reading
      conversation={conversation}
      title={t("ar_reading", { ref: reference(conversation) })}
      close={close}
      again={tries}
      also={(lines) => (
        <div class="archive-acts">
          <Choose conversation={conversation} />
          <details>
            <summary>{t("ar_hold_it")}</summary>
            <HoldIt conversation={conversation} />
          </details>
          <details>
            <summary>{t("ar_mask_it")}</summary>
            <Masking {...{ conversation, lines }} done={() => setTries(tries + 1)} />
          </details>
        </div>
      )}
    />
  );
}

/** What the archive makes of it, said from here on. */
function Choose({ conversation }: { readonly conversation: string }) {
  const { desk, t } = useArchiveWords();
  const [chosen, setChosen] = useState<ArchiveChoice | null>(null);
  const [news, setNews] = useState("");
  const [wrong, setWrong] = useState("");
  const choose = async (archive: ArchiveChoice) => {
    setChosen(archive);
    setNews("");
    setWrong("");
    const code = await desk.classifyClosed(conversation, archive);
    if (code === null) setNews(t("ar_chosen", { choice: t(`archive_${archive}`) }));
    else {
      setChosen(null);
      setWrong(t(refusalKey(code)));
    }
  };
  return (
    <fieldset class="radios" aria-describedby="ar-choose-rule">
      <legend class="ds-label">{t("archive")}</legend>
      {ARCHIVE_CHOICES.map((each) => (
        <label key={each} class="radio">
          <input
            type="radio"
            class="ds-input"
            name="ar-choice"
            checked={chosen === each}
            onChange={() => void choose(each)}
          />
          {t(`archive_${each}`)}
        </label>
      ))}
      <p id="ar-choose-rule" class="hint">{t("archive_rule")}</p>
      <p role="status">{news}</p>
      <p role="alert" class="error">{wrong}</p>
    </fieldset>
  );
}

function HoldIt({ conversation }: { readonly conversation: string }) {
  const { t, wrong } = useArchiveWords();
  const [news, setNews] = useState("");
  const submit = async (reason: string) => {
    const answer = await hold(conversation, reason);
    if (failed(answer)) return wrong(answer.code);
    setNews(t("ar_held"));
    return null;
  };
  return (
    <>
      <Reasoned
        id="ar-hold"
        label={t("ar_hold_reason")}
        hint={t("ar_hold_hint")}
        button={t("ar_hold_yes")}
        submit={submit}
      />
      <p role="status">{news}</p>
    </>
  );
}
