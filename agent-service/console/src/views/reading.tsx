/** The archive's copy of a dialogue, to read and nothing else. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { EarlierLine } from "../earlier";
import { askCopy } from "../questions";
import { useShown } from "./context";
import { EventRow } from "./events";

interface ReadingProps {
  readonly conversation: string;
  readonly title: string;
  readonly close: () => void;
  /** Another number: ask once more. */
  readonly again?: number;
  /** What may be done where it is not to be had. */
  readonly otherwise?: ComponentChildren;
  /** What may be done about it, under the words. */
  readonly also?: (lines: readonly EarlierLine[]) => ComponentChildren;
}

/** What has focus goes back to the button by itself. */
export function Reading({ conversation, title, close, again = 0, otherwise, also }: ReadingProps) {
  const { t } = useShown();
  const dialog = useRef<HTMLDialogElement>(null);
  const [lines, setLines] = useState<readonly EarlierLine[] | "asking" | "failed">("asking");
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    let gone = false;
    setLines("asking");
    void askCopy(conversation).then((read) => gone || setLines(read ?? "failed"));
    return () => {
      gone = true;
    };
  }, [conversation, again]);
  return (
    <dialog class="ds-dialog sheet footed" ref={dialog} aria-labelledby="reading" onClose={close}>
      <h2 id="reading">{title}</h2>
      {/* Scrolls, so the keyboard must reach it. */}
      <div class="scrolled" tabIndex={0} role="group" aria-label={t("dialogue_log")}>
        {lines === "asking" && <p role="status">{t("loading")}</p>}
        {lines === "failed" && <p role="alert">{t("earlier_unread")}</p>}
        {lines === "failed" && otherwise}
        {typeof lines !== "string" && <Lines conversation={conversation} lines={lines} />}
        {typeof lines !== "string" && also?.(lines)}
      </div>
      <form method="dialog" class="under buttons">
        <button class="ds-button" data-variant="secondary">{t("close_sheet")}</button>
      </form>
    </dialog>
  );
}

interface LinesProps {
  readonly conversation: string;
  readonly lines: readonly EarlierLine[];
}

function Lines({ conversation, lines }: LinesProps) {
  const { t, clock } = useShown();
  return (
    <ol class="log">
      {lines.map(({ id, time, event }, n) =>
        event === null ? (
          <li key={id} class="happened">
            {t("earlier_erased")} <time dateTime={time}>{clock(time)}</time>
          </li>
        ) : (
          <EventRow
            key={id}
            conversation={conversation}
            event={event}
            before={lines[n - 1]?.event ?? undefined}
          />
        ),
      )}
    </ol>
  );
}
