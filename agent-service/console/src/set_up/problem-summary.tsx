/** What is wrong, all in one place, with a way to each field. It takes the focus when it comes. */
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "./checking";
import { useEditing } from "./editing";

/** More than this nobody reads before mending some. */
const SHOWN = 50;

export function ProblemSummary({ problems }: { readonly problems: readonly Problem[] }) {
  const { goTo, t } = useEditing();
  const heading = useRef<HTMLHeadingElement>(null);
  const any = problems.length > 0;
  useEffect(() => {
    if (any) heading.current?.focus();
  }, [any]);
  if (!any) return null;
  return (
    <section class="ds-alert" data-color="danger" aria-labelledby="su-problems">
      <h4 id="su-problems" ref={heading} tabIndex={-1}>
        {t("su_problems", { n: problems.length })}
      </h4>
      <ul>
        {problems.slice(0, SHOWN).map((problem) => (
          <li key={`${problem.part} ${problem.entry} ${problem.field} ${problem.key}`}>
            <button type="button" class="as-link" onClick={() => goTo(problem)}>
              {t(`su_part_${problem.part}`)}
              {problem.entry !== "" && (
                <>
                  {" "}
                  › <bdi>{problem.entry}</bdi>
                </>
              )}
              : {t(problem.key, problem.params)}
            </button>
          </li>
        ))}
      </ul>
      {problems.length > SHOWN && <p>{t("su_and_more", { n: problems.length - SHOWN })}</p>}
    </section>
  );
}
