/** Choosing files to send, and what stands beside the field until they are sent. */
import type { FileRules } from "@prek/wire";
import { MAX_FILE_BYTES, MEDIA_TYPES } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { acceptOf, type Chosen } from "../attaching";
import type { State } from "../model";
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

export function AttachButton({ conversation }: { readonly conversation: string }) {
  const { desk, state, t } = useShown();
  const input = useRef<HTMLInputElement>(null);
  const rules = rulesOf(state);
  if (!rules.allowed) return null;
  return (
    <>
      <button
        type="button"
        class="ds-button"
        data-variant="tertiary"
        aria-describedby="attach-help"
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
        }}
      />
    </>
  );
}

export function ChosenFiles({ conversation }: { readonly conversation: string }) {
  const { desk, t, size } = useShown();
  const chosen = useChosen(conversation);
  return (
    <>
      {chosen.length > 0 && (
        <ul class="chosen" aria-label={t("chosen")}>
          {chosen.map((file) => (
            <li key={file.id}>
              <span class="about">
                <bdi>{file.name}</bdi> <span class="hint">{size(file.bytes.size)}</span>
                {file.part !== null && (
                  <progress value={file.part} aria-label={t("file_sending", { name: file.name })} />
                )}
              </span>
              <button
                type="button"
                class="ds-button"
                data-variant="tertiary"
                data-size="sm"
                aria-label={t(file.part === null ? "file_remove_named" : "file_stop_named", {
                  name: file.name,
                })}
                onClick={() => desk.attaching.remove(conversation, file.id)}
              >
                {t(file.part === null ? "file_remove" : "cancel")}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div role="alert" class="warning">
        {chosen
          .filter(({ wrong }) => wrong !== null)
          .map(({ id, name, wrong }) => (
            <p key={id}>
              <bdi>{name}</bdi>: {t(refusalKey(wrong ?? ""))}
            </p>
          ))}
      </div>
    </>
  );
}
