/** Files in the dialogue: on their way, not sent, and in the archive. */
import { PICTURES, save, type Attached } from "@prek/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import { fill } from "../texts/catalogue";
import type { ViewProps } from "./app";
import { mayRetry, type Upload } from "./files";
import { Cross, Save, Sheet } from "./icons";
import { fileLine, refusalLine, textsOf } from "./wording";

/** A picture in the dialogue is at most so large, in CSS pixels. */
const WIDEST = 288;
const HIGHEST = 256;
/** One clear pixel: a picture without an address is drawn as a broken one. */
const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

export interface AttachedProps extends ViewProps {
  readonly body: Attached;
  readonly mine: boolean;
}

export function AttachedFile({ state, session, body, mine }: AttachedProps) {
  const [failed, setFailed] = useState(false);
  const texts = textsOf(state);
  const attempt = async (get: () => Promise<void>) => {
    setFailed(false);
    try {
      await get();
    } catch {
      setFailed(true);
    }
  };
  const download = () =>
    attempt(async () => save(await session.filing.fetch(body.file), body.name));
  const isPicture = PICTURES.includes(body.media_type) && body.width !== null;
  return (
    <>
      {isPicture ? (
        <Picture
          state={state}
          session={session}
          body={body}
          mine={mine}
          onSave={() => void download()}
          onFail={() => setFailed(true)}
        />
      ) : (
        <button
          type="button"
          class="words file"
          aria-live={liveOf(mine)}
          aria-label={`${fill(texts.file_save, { name: body.name })}, ${fileLine(state, body)}`}
          onClick={() => void download()}
        >
          <Sheet />
          <FileAbout name={body.name} line={fileLine(state, body)} />
          <Save />
        </button>
      )}
      {!mine && body.scan === "unscanned" && <p class="aside">{texts.file_unscanned}</p>}
      <p class="help wrong" role="alert">
        {failed ? texts.file_failed : ""}
      </p>
    </>
  );
}

/** The citizen's own file was read aloud when it was sent: that it got there is no news. */
function liveOf(mine: boolean): "off" | undefined {
  return mine ? "off" : undefined;
}

function FileAbout({ name, line }: { readonly name: string; readonly line: string }) {
  return (
    <span class="about">
      <bdi class="file-name">{name}</bdi>
      <span class="size">{line}</span>
    </span>
  );
}

interface PictureProps extends AttachedProps {
  readonly onSave: () => void;
  readonly onFail: () => void;
}

/** Its room is kept before it comes, so that nothing jumps. */
function Picture({ state, session, body, mine, onSave, onFail }: PictureProps) {
  const texts = textsOf(state);
  const frame = useRef<HTMLButtonElement>(null);
  const [address, setAddress] = useState<string | null>(null);
  const [large, setLarge] = useState(false);
  const width = body.width ?? 1;
  const height = body.height ?? 1;
  const shownWidth = Math.max(96, Math.min(WIDEST, width, (HIGHEST * width) / height));

  const load = () => session.filing.picture(body.file).then(setAddress, onFail);
  useEffect(() => {
    const element = frame.current;
    if (element === null || address !== null) return undefined;
    // Only what comes into sight is fetched: a citizen on a train pays for each picture.
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      watcher.disconnect();
      void load();
    });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [body.file]);

  return (
    <>
      <button
        ref={frame}
        type="button"
        class="picture"
        aria-busy={address === null}
        aria-live={liveOf(mine)}
        title={texts.picture_open}
        aria-haspopup="dialog"
        style={{ width: `${shownWidth}px`, aspectRatio: `${width} / ${height}` }}
        onClick={() => (address === null ? void load() : setLarge(true))}
      >
        {/* There before it has come, so that its name is read aloud once. */}
        <img src={address ?? NOTHING} alt={body.name} width={width} height={height} />
      </button>
      {large && address !== null && (
        <Large
          state={state}
          session={session}
          name={body.name}
          address={address}
          onSave={onSave}
          onClose={() => setLarge(false)}
        />
      )}
    </>
  );
}

interface LargeProps extends ViewProps {
  readonly name: string;
  readonly address: string;
  readonly onSave: () => void;
  readonly onClose: () => void;
}

/** The browser's own dialog keeps the focus in it, and gives it back. */
function Large({ state, name, address, onSave, onClose }: LargeProps) {
  const texts = textsOf(state);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="large"
      aria-label={name}
      onClose={onClose}
      onKeyDown={(event) => {
        // Escape closes the picture, and not the window round it as well.
        if (event.key === "Escape") event.stopPropagation();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) dialog.current?.close();
      }}
    >
      <div class="bar">
        {/* The dialog and the picture have the name already. */}
        <bdi class="file-name" aria-hidden="true">
          {name}
        </bdi>
        <button
          type="button"
          class="round"
          aria-label={fill(texts.file_save, { name })}
          title={fill(texts.file_save, { name })}
          onClick={onSave}
        >
          <Save />
        </button>
        <button
          type="button"
          class="round"
          aria-label={texts.picture_close}
          title={texts.picture_close}
          onClick={() => dialog.current?.close()}
        >
          <Cross />
        </button>
      </div>
      <img src={address} alt={name} />
    </dialog>
  );
}

/** A file on its way, with how far it is. */
export function UploadBubble({ state, session, upload }: ViewProps & { readonly upload: Upload }) {
  const texts = textsOf(state);
  const { id, name, stage, part } = upload;
  const drop = () => {
    session.dispatch({ kind: "upload_dropped", id });
    document.querySelector<HTMLElement>("textarea")?.focus();
  };
  return (
    <>
      <div class="words file" data-failed={stage === "failed"}>
        <Sheet />
        <FileAbout name={name} line={fileLine(state, upload)} />
        {stage === "sending" && <progress value={part} max={1} aria-hidden="true" />}
      </div>
      {stage !== "stored" && stage !== "failed" && (
        <button
          type="button"
          class="ds-button small"
          data-variant="tertiary"
          data-size="sm"
          aria-label={fill(texts.file_cancel, { name })}
          onClick={drop}
        >
          {texts.cancel}
        </button>
      )}
      {stage === "failed" && (
        <div class="failed">
          <p class="help wrong" role="alert">
            {refusalLine(state, upload.why ?? "")}
          </p>
          <div class="choices">
            {mayRetry(upload) && (
              <button
                type="button"
                class="ds-button"
                data-variant="secondary"
                data-size="sm"
                onClick={() => session.dispatch({ kind: "upload_retried", id })}
              >
                {texts.file_again}
              </button>
            )}
            <button
              type="button"
              class="ds-button"
              data-variant="tertiary"
              data-size="sm"
              aria-label={fill(texts.file_remove, { name })}
              onClick={drop}
            >
              {texts.file_drop}
            </button>
          </div>
        </div>
      )}
    </>
  );
}
