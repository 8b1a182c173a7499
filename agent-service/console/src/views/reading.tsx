/** The archive's copy of a dialogue, to read and nothing else. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { EarlierLine } from "../earlier";
import { askCopy } from "../questions";
import { useShown } from "./context";
import { EventRow } from "./events";

interface Place {
  readonly stream: string;
  readonly seq: number;
}

interface ReadingProps {
  readonly conversation: string;
  readonly title: string;
  readonly close: () => void;
  /** Another number: ask once more. */
  readonly again?: number;
  /** The event to begin at, and to point out. */
  readonly at?: Place | undefined;
  /** What may be done where it is not to be had. */
  readonly otherwise?: ComponentChildren;
  /** What may be done about it, under the words. */
  readonly also?: (lines: readonly EarlierLine[]) => ComponentChildren;
}

/** What has focus goes back to the button by itself. */
export function Reading({ conversation, title, close, again = 0, at, otherwise, also }: ReadingProps) {
  const { t } = useShown();
  const dialog = useRef<HTMLDialogElement>(null);
  const [lines, setLines] = useState<readonly EarlierLine[] | "asking" | "failed">("asking");
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    let gone = false;
    // What is read again stays on screen meanwhile.
    setLines((now) => (typeof now === "string" ? "asking" : now));
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
        {typeof lines !== "string" && <Lines {...{ conversation, lines, at }} />}
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
  readonly at: Place | undefined;
}

function Lines({ conversation, lines, at }: LinesProps) {
  const { t, clock } = useShown();
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const n = lines.findIndex(({ event }) => event?.stream === at?.stream && event?.seq === at?.seq);
    const row = list.current?.children[n];
    if (at === undefined || !(row instanceof HTMLElement)) return;
    row.classList.add("found");
    // Whoever reads by ear begins there, too.
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    const box = row.closest(".scrolled");
    // Only the words are moved: the dialog's own head and foot stay where they are.
    if (box !== null) {
      const apart = row.getBoundingClientRect().top - box.getBoundingClientRect().top;
      box.scrollTop += apart - box.clientHeight / 2;
    }
  }, []);
  return (
    <ol class="log" ref={list}>
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
