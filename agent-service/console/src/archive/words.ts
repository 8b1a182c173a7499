/** The archive's words for times, choices and what is wrong. */
import { clockTime, longDate } from "../clock";
import { isKey } from "../texts";
import { useShown } from "../views/context";

/** Letters of the id that a conversation is called by. */
const REFERENCE = 8;

export function useArchiveWords() {
  const shown = useShown();
  const { t, language } = shown;
  const when = (at: string) => `${longDate(at, language)}, ${clockTime(at, language)}`;
  const wrong = (code: string) => {
    const key = `ar_code_${code}`;
    return t(isKey(key) ? key : "ar_failed");
  };
  /** The text of a key that was put together; a code without one stands as it is. */
  const said = (key: string, code: string) => (isKey(key) ? t(key) : code);
  const choice = (archive: string | null) =>
    archive === null ? t("ar_open") : said(`archive_${archive}`, archive);
  const reference = (id: string) => id.slice(-REFERENCE).toUpperCase();
  return { ...shown, when, wrong, said, choice, reference };
}
