/** What the pages of the archive have in common: a table that scrolls, and an answer that is awaited. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Failed, failed } from "./asking";
import { useArchiveWords } from "./words";

interface TableProps {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly children: ComponentChildren;
}

export function Table({ caption, heads, children }: TableProps) {
  return (
    <div class="scrolling" role="group" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Ask again whenever `key` is another; an answer to an earlier question is dropped. */
export function useAnswer<T>(question: () => Promise<T | Failed>, key: string) {
  const [answer, setAnswer] = useState<T | Failed | null>(null);
  const turn = useRef(0);
  const load = async () => {
    const mine = ++turn.current;
    const came = await question();
    if (mine === turn.current) setAnswer(came);
  };
  useEffect(() => {
    setAnswer(null);
    void load();
  }, [key]);
  return { answer, load };
}

/** While it is awaited, and when it did not come. */
export function Waiting({ answer }: { readonly answer: object | null }) {
  const { t, wrong } = useArchiveWords();
  return (
    <>
      <div role="status">{answer === null && <p>{t("loading")}</p>}</div>
      <div role="alert">
        {failed(answer) && (
          <p class="ds-alert" data-color="danger">
            {wrong(answer.code)}
          </p>
        )}
      </div>
    </>
  );
}
