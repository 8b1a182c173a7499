/** A file in the dialogue: a picture is shown, everything else is only saved. */
import { type Attached, PICTURES, save } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { fileAddress } from "../desk";
import { getFile } from "../transfer";
import { useShown } from "./context";

/** A picture in the log is at most so large, in CSS pixels. */
const WIDEST = 320;
const HIGHEST = 240;

interface AttachmentProps {
  readonly conversation: string;
  readonly body: Attached;
  /** One's own was chosen here, and need not be warned of. */
  readonly mine: boolean;
}

export function Attachment({ conversation, body, mine }: AttachmentProps) {
  const { t, size } = useShown();
  const [failed, setFailed] = useState(false);
  const address = fileAddress(conversation, body.file);
  const download = () => {
    setFailed(false);
    getFile(address).then(
      (bytes) => save(bytes, body.name),
      () => setFailed(true),
    );
  };
  const isPicture = PICTURES.includes(body.media_type) && body.width !== null;
  return (
    <div class="words attachment">
      {isPicture && <Picture address={address} body={body} tell={setFailed} />}
      <p class="file">
        <bdi>{body.name}</bdi> <span class="hint">{size(body.size)}</span>
      </p>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        data-size="sm"
        aria-label={t("file_save_named", { name: body.name })}
        onClick={download}
      >
        {t("file_save")}
      </button>
      {!mine && body.scan === "unscanned" && <p class="hint">{t("file_unscanned")}</p>}
      <p role="alert" class="error">{failed ? t("file_failed") : ""}</p>
    </div>
  );
}

interface PictureProps {
  readonly address: string;
  readonly body: Attached;
  readonly tell: (failed: boolean) => void;
}

/** Its room is kept before it comes, so that nothing jumps. */
function Picture({ address, body, tell }: PictureProps) {
  const { t } = useShown();
  const [shown, setShown] = useState<string | null>(null);
  const [large, setLarge] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const width = body.width ?? 1;
  const height = body.height ?? 1;
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  const [tries, setTries] = useState(0);

  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    tell(false);
    getFile(address).then(
      (bytes) => {
        if (gone) return;
        made = URL.createObjectURL(bytes);
        setShown(made);
      },
      () => !gone && tell(true),
    );
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [address, tries]);

  return (
    <>
      <button
        ref={button}
        type="button"
        class="picture"
        style={{ inlineSize: `${width * scale}px`, aspectRatio: `${width} / ${height}` }}
        aria-label={t("picture_open", { name: body.name })}
        aria-haspopup="dialog"
        aria-busy={shown === null}
        onClick={() => (shown === null ? setTries(tries + 1) : setLarge(true))}
      >
        {shown !== null && <img src={shown} alt={body.name} width={width} height={height} />}
      </button>
      {large && shown !== null && (
        <Large
          shown={shown}
          name={body.name}
          onClose={() => {
            setLarge(false);
            button.current?.focus();
          }}
        />
      )}
    </>
  );
}

interface LargeProps {
  readonly shown: string;
  readonly name: string;
  readonly onClose: () => void;
}

function Large({ shown, name, onClose }: LargeProps) {
  const { t } = useShown();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="large" aria-label={name} onClose={onClose}>
      <button type="button" class="ds-button" onClick={() => dialog.current?.close()}>
        {t("picture_close")}
      </button>
      {/* Scrolls, so the keyboard must reach it. */}
      <div class="whole" tabIndex={0} role="group" aria-label={name}>
        <img src={shown} alt={name} />
      </div>
    </dialog>
  );
}
