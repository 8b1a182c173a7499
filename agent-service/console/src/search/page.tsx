/** Words, names and numbers in the conversations that one may read. */
import { useRef, useState } from "preact/hooks";
import { isKey, type Key } from "../texts";
import { useShown } from "../views/context";
import { NOTHING_ASKED, type Question, type Result, search } from "./asking";
import { SearchForm } from "./form";
import { Found } from "./found";

type Answer =
  | { readonly state: "nothing" | "asking" | "there" }
  | { readonly state: "failed"; readonly key: Key };

export function Page() {
  const { t } = useShown();
  const [asked, setAsked] = useState<Question>(NOTHING_ASKED);
  const [results, setResults] = useState<readonly Result[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [ignored, setIgnored] = useState<readonly string[]>([]);
  const [answer, setAnswer] = useState<Answer>({ state: "nothing" });
  // An answer to an earlier question is not shown as the answer to this one.
  const turn = useRef(0);
  const ask = async (wanted: Question, before: readonly Result[], after?: string) => {
    const mine = ++turn.current;
    setAsked(wanted);
    setAnswer({ state: "asking" });
    if (before.length === 0) setResults([]);
    const found = await search(wanted, after);
    if (mine !== turn.current) return;
    if ("code" in found) {
      const key = `search_code_${found.code}`;
      return setAnswer({ state: "failed", key: isKey(key) ? key : "search_failed" });
    }
    setResults([...before, ...found.results]);
    setNext(found.next);
    setIgnored(found.ignored);
    setAnswer({ state: "there" });
  };
  const there = answer.state === "there";
  return (
    <div class="search audit">
      <h2>{t("search_title")}</h2>
      <p class="hint">{t("search_hint")}</p>
      <SearchForm submit={(question) => void ask(question, [])} />
      <div role="status">
        {answer.state === "asking" && <p>{t("search_asking")}</p>}
        {there && (
          <p class="hint">
            {t(results.length === 0 ? "search_none" : next === null ? "search_count" : "search_more_there", {
              n: results.length,
            })}
          </p>
        )}
        {there && ignored.length > 0 && (
          <p class="hint">
            {t("search_ignored")} <bdi>{ignored.join(", ")}</bdi>
          </p>
        )}
      </div>
      <div role="alert">
        {answer.state === "failed" && (
          <p class="ds-alert" data-color="danger">
            {t(answer.key)}
          </p>
        )}
      </div>
      {results.length > 0 && <Found results={results} />}
      {next !== null && there && (
        <div class="buttons">
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => void ask(asked, results, next)}
          >
            {t("search_more")}
          </button>
        </div>
      )}
    </div>
  );
}
