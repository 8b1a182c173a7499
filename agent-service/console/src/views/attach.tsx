/** Choosing files by the button or by drop, and what stands beside the field until they are sent. */
import { acceptOf, type FileRules, MAX_FILE_BYTES, MEDIA_TYPES } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Chosen, maySend } from "../attaching";
import { wantFocus } from "../focus";
import { draftOf, type State } from "../model";
import { refusalKey } from "../texts";
import { useShown } from "./context";

export function rulesOf({ directory }: State): FileRules {
  return (
    directory?.files ?? {
      allowed: true,
      max_bytes: MAX_FILE_BYTES,
      types: Object.keys(MEDIA_TYPES),
    }
  );
}

/** What stands beside the field of a conversation, as it changes. */
export function useChosen(conversation: string): readonly Chosen[] {
  const { attaching } = useShown().desk;
  const [chosen, setChosen] = useState(attaching.of(conversation));
  useEffect(() => {
    const look = () => setChosen(attaching.of(conversation));
    look();
    return attaching.subscribe(look);
  }, [conversation]);
  return chosen;
}

interface OfOne {
  readonly conversation: string;
}

export function AttachButton({ conversation }: OfOne) {
  const { desk, state, t, size } = useShown();
  const input = useRef<HTMLInputElement>(null);
  const rules = rulesOf(state);
  if (!rules.allowed) return null;
  return (
    <>
      <button
        type="button"
        class="ds-button"
        data-variant="tertiary"
        title={t("attach_help", { size: size(rules.max_bytes) })}
        onClick={() => input.current?.click()}
      >
        {t("attach")}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={acceptOf(rules)}
        onChange={({ currentTarget }) => {
          desk.attaching.choose(conversation, currentTarget.files ?? [], rules);
          // The same file may be chosen again after it was taken away.
          currentTarget.value = "";
          wantFocus("message", conversation);
        }}
      />
    </>
  );
}

export function ChosenFiles({ conversation }: OfOne) {
  const { state, t } = useShown();
  const chosen = useChosen(conversation);
  const text = draftOf(state, conversation).reply;
  const wrong = chosen.filter((file) => file.wrong !== null);
  return (
    <>
      {chosen.length > 0 && (
        <ul class="chosen" aria-label={t("chosen")}>
          {chosen.map((file) => <Row key={file.id} conversation={conversation} file={file} />)}
        </ul>
      )}
      <div role="alert" class="warning">
        {wrong.map(({ id, name, wrong: code }) => (
          <p key={id}>
            <bdi>{name}</bdi>: {t(refusalKey(code ?? ""))}
          </p>
        ))}
        {wrong.some((file) => !maySend(file)) && text !== "" && <p>{t("file_holds_text")}</p>}
      </div>
    </>
  );
}

function Row({ conversation, file }: OfOne & { readonly file: Chosen }) {
  const { desk, t, size } = useShown();
  const { id, name, part, waits } = file;
  const goes = part !== null || waits;
  return (
    <li>
      <span class="about">
        <bdi>{name}</bdi> <span class="hint">{size(file.bytes.size)}</span>
        {part !== null && <progress value={part} aria-label={t("file_sending", { name })} />}
        <span role="status" class="warning">{waits ? t("file_waits") : ""}</span>
      </span>
      <button
        type="button"
        class="ds-button"
        data-variant="tertiary"
        data-size="sm"
        aria-label={t(goes ? "file_stop_named" : "file_remove_named", { name })}
        onClick={() => {
          desk.attaching.remove(conversation, id);
          // The button is gone with its file.
          wantFocus("message", conversation);
        }}
      >
        {t(goes ? "cancel" : "file_remove")}
      </button>
    </li>
  );
}

/**
 * The whole window takes a file that is let go over it: a miss must not lead away from the desk.
 * `conversation`: where files may be sent now, or null.
 */
export function DropArea({ conversation }: { readonly conversation: string | null }) {
  const { desk, state, t, size } = useShown();
  const [over, setOver] = useState(false);
  const rules = rulesOf(state);
  const takes = rules.allowed ? conversation : null;
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = takes ? "copy" : "none";
      setOver(takes !== null);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(false);
      if (takes === null) return;
      desk.attaching.choose(takes, event.dataTransfer?.files ?? [], rules);
      wantFocus("message", takes);
    };
    addEventListener("dragenter", onOver);
    addEventListener("dragover", onOver);
    addEventListener("dragleave", onLeave);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragenter", onOver);
      removeEventListener("dragover", onOver);
      removeEventListener("dragleave", onLeave);
      removeEventListener("drop", onDrop);
    };
  }, [desk, takes, rules]);
  if (!over) return null;
  return (
    <div class="drop" aria-hidden="true">
      <p>{t("drop")}</p>
      <p class="hint">{t("attach_help", { size: size(rules.max_bytes) })}</p>
    </div>
  );
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") === true;
}
