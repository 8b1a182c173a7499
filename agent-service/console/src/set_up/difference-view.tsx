/** What was before and what is after, for people to read. */
import { useState } from "preact/hooks";
import { changed, type Changes } from "./draft";
import { difference, type Entry, leaves, type Leaf } from "./difference";
import type { Property, SetUp } from "./document";
import { useEditing } from "./editing";
import { pathWords, valueWords } from "./path-words";

/** An import may change ten thousand entries; nobody reads them all. */
const ROWS = 200;

export function Differences({ changes }: { readonly changes: Changes }) {
  const { t } = useEditing();
  return (
    <div class="differences">
      {changed(changes).map((property) => (
        <section key={property}>
          <p class="ds-label">{t(`su_property_${property}`)}</p>
          <Entries
            property={property}
            entries={difference(changes[property]?.before, changes[property]?.after)}
          />
        </section>
      ))}
    </div>
  );
}

interface EntriesProps {
  readonly property: Property;
  readonly entries: readonly Entry[];
}

function Entries({ property, entries }: EntriesProps) {
  const { t } = useEditing();
  const [rows, setRows] = useState(ROWS);
  const more = entries.length - rows;
  return (
    <>
      <ul>
        {entries.slice(0, rows).map((entry) => (
          <li key={entry.id}>
            <One {...{ property, entry }} />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          onClick={() => setRows(rows + ROWS)}
        >
          {t("su_show_more", { n: Math.min(more, ROWS) })}
        </button>
      )}
    </>
  );
}

function One({ property, entry }: { readonly property: Property; readonly entry: Entry }) {
  const { now, t } = useEditing();
  if (entry.kind === "order") return <p>{t("su_diff_order")}</p>;
  const called = entry.id === "" ? "" : nameOf(now, property, entry);
  if (entry.kind !== "changed") {
    return (
      <p>
        <strong class={entry.kind}>{t(`su_diff_${entry.kind}`)}</strong> <bdi>{called}</bdi>
      </p>
    );
  }
  return (
    <>
      {called !== "" && (
        <p>
          <strong>{t("su_diff_changed")}</strong> <bdi>{called}</bdi>
        </p>
      )}
      <dl>
        {entry.leaves.map((leaf) => (
          <Row key={leaf.path.join(".")} leaf={leaf} />
        ))}
      </dl>
    </>
  );
}

function Row({ leaf: { path, before, after } }: { readonly leaf: Leaf }) {
  const { t } = useEditing();
  return (
    <div>
      {path.length > 0 && <dt>{path.map((name) => pathWords(name, t)).join(" › ")}</dt>}
      <dd>
        {before !== undefined && (
          <del>
            <span class="visually-hidden">{t("su_diff_before")} </span>
            <bdi>{valueWords(before, t)}</bdi>
          </del>
        )}{" "}
        {after !== undefined && (
          <ins>
            <span class="visually-hidden">{t("su_diff_after")} </span>
            <bdi>{valueWords(after, t)}</bdi>
          </ins>
        )}
      </dd>
    </div>
  );
}

/** What an entry is called, by itself or by the draft; else its id. */
function nameOf(now: SetUp, property: Property, entry: Entry): string {
  const list = now[property];
  const value =
    "value" in entry
      ? entry.value
      : Array.isArray(list)
        ? (list as readonly { id: string }[]).find(({ id }) => id === entry.id)
        : null;
  const leaf = leaves(undefined, value).find(({ path }) =>
    /^(name|title)(,nb)?$/.test(path.join()),
  );
  return leaf?.after === undefined ? entry.id : `${leaf.after} (${entry.id})`;
}
