/** A secret that was just made: shown once, to be copied. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useShown } from "../views/context";

interface SecretProps {
  readonly secret: string;
  readonly close: () => void;
}

export function Secret({ secret, close }: SecretProps) {
  const { t } = useShown();
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
    setCopied(false);
  }, [secret]);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
    } catch {
      // Not allowed here: it is marked, and the keyboard copies it.
      setCopied(false);
    }
  };
  return (
    <div class="grave">
      <label class="ds-label" for="systems-secret">
        {t("systems_secret")}
      </label>
      <p class="hint" id="systems-secret-hint">
        {t("systems_secret_hint")}
      </p>
      <input
        class="ds-input"
        id="systems-secret"
        readOnly
        autocomplete="off"
        spellcheck={false}
        value={secret}
        ref={field}
        aria-describedby="systems-secret-hint"
      />
      <p role="status">{copied && t("systems_copied")}</p>
      <div class="buttons">
        <button type="button" class="ds-button" onClick={() => void copy()}>
          {t("systems_copy")}
        </button>
        <button type="button" class="ds-button" data-variant="secondary" onClick={close}>
          {t("systems_secret_kept")}
        </button>
      </div>
    </div>
  );
}
