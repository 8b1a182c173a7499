/** Choosing files: by the button, by paste, by drop. What was chosen stands above the field. */
import { acceptOf } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { fill } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { goodOf, rulesOf, type Chosen } from "./files";
import { Clip, Cross, Sheet } from "./icons";
import { phaseOf } from "./state";
import { fileLine, limitsLine, refusalLine, textsOf } from "./wording";

/** Opens the browser's own choice, which is the camera too on a telephone. */
export function AttachButton({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const input = useRef<HTMLInputElement>(null);
  const rules = rulesOf(state);
  if (!rules.allowed) return null;
  return (
    <>
      <button
        type="button"
        class="ds-button attach"
        data-variant="tertiary"
        data-size="sm"
        title={limitsLine(state)}
        onClick={() => input.current?.click()}
      >
        <Clip />
        {texts.attach}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={acceptOf(rules)}
        onChange={({ currentTarget }) => {
          session.filing.choose(currentTarget.files ?? []);
          // The same file may be chosen again after it was taken away.
          currentTarget.value = "";
          document.querySelector<HTMLElement>("textarea")?.focus();
        }}
      />
    </>
  );
}

/** Text that was copied with a picture of itself is pasted as text. */
export function pasteFiles(event: ClipboardEvent, take: (files: FileList) => void): void {
  const data = event.clipboardData;
  if (data === null || data.files.length === 0 || data.types.includes("text/plain")) return;
  event.preventDefault();
  take(data.files);
}

export function ChosenFiles({ state, session }: ViewProps) {
  const texts = textsOf(state);
  const good = goodOf(state.chosen);
  return (
    <div class="chosen" data-empty={state.chosen.length === 0}>
      <Wrong state={state} session={session} />
      {good.length > 0 && (
        <ul aria-label={texts.chosen}>
          {good.map((file) => (
            <Chip key={file.id} state={state} session={session} file={file} />
          ))}
        </ul>
      )}
      <p class="help" role="status">
        {good.length > 0 ? texts.chosen_help : ""}
      </p>
    </div>
  );
}

/** What was chosen and cannot be sent, until it has been read or something else is chosen. */
function Wrong({ state, session }: ViewProps) {
  const wrong = state.chosen.filter((file) => file.wrong !== null);
  return (
    <div role="alert">
      {wrong.length > 0 && (
        <div class="ds-alert refusal" data-color="danger">
          <div>
            {wrong.map(({ id, name, wrong: code }) => (
              <p key={id}>
                <bdi>{name}</bdi>: {refusalLine(state, code ?? "")}
              </p>
            ))}
          </div>
          <button
            type="button"
            class="round"
            aria-label={textsOf(state).dismiss}
            onClick={() => {
              for (const { id } of wrong) session.dispatch({ kind: "file_unchosen", id });
              document.querySelector<HTMLElement>("textarea")?.focus();
            }}
          >
            <span aria-hidden="true">×</span>
          </button>
        </div>
      )}
    </div>
  );
}

function Chip({ state, session, file }: ViewProps & { readonly file: Chosen }) {
  const { id, name } = file;
  const remove = fill(textsOf(state).file_remove, { name });
  return (
    <li>
      <Sheet />
      <span class="about">
        <bdi class="file-name">{name}</bdi>
        <span class="size">{fileLine(state, file)}</span>
      </span>
      <button
        type="button"
        class="round"
        aria-label={remove}
        title={remove}
        onClick={() => {
          session.dispatch({ kind: "file_unchosen", id });
          document.querySelector<HTMLElement>("textarea")?.focus();
        }}
      >
        <Cross />
      </button>
    </li>
  );
}

/** The whole window takes a file that is let go over it; a miss must not lead away from the page. */
export function DropArea({ state, session }: ViewProps) {
  const [over, setOver] = useState(false);
  const allowed = rulesOf(state).allowed && phaseOf(state) !== "closed" && !state.fatal;
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const onOver = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = allowed ? "copy" : "none";
      setOver(allowed);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(false);
      if (!allowed) return;
      session.filing.choose(event.dataTransfer?.files ?? []);
      document.querySelector<HTMLElement>("textarea")?.focus();
    };
    const listeners = { dragenter: onOver, dragover: onOver, dragleave: onLeave, drop: onDrop };
    const all = Object.entries(listeners) as [string, EventListener][];
    for (const [kind, listener] of all) addEventListener(kind, listener);
    return () => {
      for (const [kind, listener] of all) removeEventListener(kind, listener);
    };
  }, [session, allowed]);
  if (!over) return null;
  return (
    <div class="drop" aria-hidden="true">
      <Clip />
      <p>{textsOf(state).drop}</p>
      <p class="help">{limitsLine(state)}</p>
    </div>
  );
}
