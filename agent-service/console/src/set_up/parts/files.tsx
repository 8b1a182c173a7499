/** What people may send each other besides words. */
import { SpotContext, useEditing } from "../editing";
import { NumberField, SeveralField, Switch } from "../fields";

const MEGABYTE = 1024 * 1024;
/** What may be allowed, by the contract, with what people call it. */
const TYPES: readonly (readonly [type: string, name: string])[] = [
  ["image/jpeg", "JPEG"],
  ["image/png", "PNG"],
  ["image/webp", "WebP"],
  ["image/gif", "GIF"],
  ["application/pdf", "PDF"],
  ["text/plain", "TXT"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word (docx)"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel (xlsx)"],
  ["application/vnd.oasis.opendocument.text", "OpenDocument (odt)"],
];

export function Files() {
  const { now, put, t } = useEditing();
  const { files } = now;
  return (
    <SpotContext.Provider value={{ part: "files", entry: "" }}>
      <Switch
        label={t("su_files_allowed")}
        on={files.allowed}
        change={(allowed) => put("files", { ...files, allowed })}
      />
      {files.allowed && (
        <>
          <NumberField
            field="max_bytes"
            label={t("su_files_most")}
            hint={t("su_files_most_hint")}
            step="any"
            value={Math.round((files.max_bytes / MEGABYTE) * 100) / 100}
            change={(most, at) =>
              put("files", { ...files, max_bytes: Math.round(most * MEGABYTE) }, at)
            }
          />
          <SeveralField
            field="types"
            label={t("su_files_types")}
            chosen={files.types}
            options={TYPES}
            change={(types) => put("files", { ...files, types })}
          />
        </>
      )}
    </SpotContext.Provider>
  );
}
