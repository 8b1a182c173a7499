/** The pages of the set-up, and the draft as a whole: what is changed, a step back, going live. */
import { placeLink } from "../links";
import { isPart, type Part, PART_NAMES, PARTS } from "./document";
import { changed, changesOf } from "./draft";
import { useEditing } from "./editing";

/** What is done with the draft as a whole. */
const WHOLE = ["review", "exchange", "history"] as const;
export type PageName = Part | (typeof WHOLE)[number];

export function isPage(name: string): name is PageName {
  return isPart(name) || (WHOLE as readonly string[]).includes(name);
}

export function Contents({ page }: { readonly page: PageName }) {
  const { draft, now, problems, strict, undo, redo, t } = useEditing();
  const different: readonly string[] = changed(changesOf(draft.base, now));
  const dirty = PART_NAMES.filter((part) =>
    PARTS[part].some((property) => different.includes(property)),
  );
  const faulty = strict ? new Set(problems.map(({ part }) => part)) : new Set<Part>();
  const link = (name: PageName) => (
    <li key={name}>
      <a href={placeLink("set_up", name)} aria-current={name === page ? "page" : undefined}>
        {t(`su_part_${name}`)}
        {(dirty as readonly string[]).includes(name) && (
          <span class="changed-mark" title={t("su_dirty")}>
            <span aria-hidden="true"> ●</span>
            <span class="visually-hidden"> {t("su_dirty")}</span>
          </span>
        )}
        {(faulty as ReadonlySet<string>).has(name) && <em class="error"> {t("su_has_error")}</em>}
      </a>
    </li>
  );
  return (
    <div class="set-up-contents">
      <div class="draft" role="group" aria-label={t("su_draft")}>
        <p role="status">
          {t(dirty.length === 0 ? "su_draft_none" : "su_draft_some", { n: dirty.length })}
        </p>
        <div class="buttons">
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            aria-disabled={draft.past.length === 0}
            onClick={undo}
          >
            {t("su_undo")}
          </button>
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            aria-disabled={draft.future.length === 0}
            onClick={redo}
          >
            {t("su_redo")}
          </button>
        </div>
      </div>
      <nav aria-label={t("su_contents")}>
        <ul>{PART_NAMES.map(link)}</ul>
        <p class="ds-label" aria-hidden="true">
          {t("su_whole")}
        </p>
        <ul>{WHOLE.map(link)}</ul>
      </nav>
    </div>
  );
}
