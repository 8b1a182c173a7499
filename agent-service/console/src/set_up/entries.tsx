/** A page with a list of entries: search, choose, add, change one, take one out. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Key } from "../texts";
import { isId, type Part, slug } from "./document";
import { SpotContext, useEditing } from "./editing";

/** No more rows than this are drawn at once: a municipality may have ten thousand agents. */
const ROWS = 200;

interface Entry {
  readonly id: string;
}

interface EntriesProps<E extends Entry> {
  readonly part: Part;
  readonly items: readonly E[];
  /** What an entry is called in the list. */
  readonly name: (item: E) => string;
  /** What else it can be told by, and found by. */
  readonly about: (item: E) => string;
  readonly addLabel: Key;
  readonly add: (id: string, name: string) => void;
  /** Between the words of an id. Where it is a sign-in name, it is asked for. */
  readonly joint?: "-" | ".";
  readonly asksId?: boolean;
  /** What follows from taking it out, in words. */
  readonly follows: (item: E) => string;
  /** Undefined: it cannot be taken out as things are. */
  readonly remove: (item: E) => (() => void) | undefined;
  readonly children: (item: E) => ComponentChildren;
}

export function Entries<E extends Entry>(props: EntriesProps<E>) {
  const { part, items, name, children } = props;
  const { opened, problems, strict, t } = useEditing();
  const chosen = items.find(({ id }) => id === opened[part]);
  const faulty = new Set(
    strict ? problems.filter((one) => one.part === part).map((one) => one.entry) : [],
  );
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // Not at the first showing: one who only came to the page is still at the link that led here.
    if (!first.current && chosen !== undefined) heading.current?.focus();
    first.current = false;
  }, [chosen?.id]);
  return (
    <div class="entries">
      <List {...props} faulty={faulty} />
      <div class="entry">
        {chosen === undefined ? (
          <p class="empty">{t("su_choose")}</p>
        ) : (
          <SpotContext.Provider key={chosen.id} value={{ part, entry: chosen.id }}>
            <h4 ref={heading} tabIndex={-1}>
              {name(chosen)} {name(chosen) !== chosen.id && <small class="hint">{chosen.id}</small>}
            </h4>
            {children(chosen)}
            <Remove {...props} item={chosen} />
          </SpotContext.Provider>
        )}
      </div>
    </div>
  );
}

function List<E extends Entry>(props: EntriesProps<E> & { readonly faulty: ReadonlySet<string> }) {
  const { part, items, name, about, faulty } = props;
  const { opened, open, t } = useEditing();
  const [sought, setSought] = useState("");
  const [rows, setRows] = useState(ROWS);
  const wanted = sought.trim().toLowerCase();
  const found = items.filter(
    (item) =>
      wanted === "" || `${name(item)} ${item.id} ${about(item)}`.toLowerCase().includes(wanted),
  );
  const more = found.length - rows;
  return (
    <div class="entry-list">
      <Add {...props} />
      <div class="field">
        <label class="ds-label" for={`su-seek-${part}`}>
          {t("su_seek")}
        </label>
        <input
          class="ds-input"
          id={`su-seek-${part}`}
          type="search"
          value={sought}
          autocomplete="off"
          onInput={({ currentTarget: { value } }) => {
            setSought(value);
            setRows(ROWS);
          }}
        />
      </div>
      <p class="hint" role="status">
        {t("su_found", { n: found.length, of: items.length })}
      </p>
      <ul>
        {found.slice(0, rows).map((item) => (
          <li key={item.id}>
            <button
              type="button"
              aria-current={item.id === opened[part] ? "true" : undefined}
              onClick={() => open(part, item.id)}
            >
              <strong>{name(item)}</strong>
              {faulty.has(item.id) && <em class="error">{t("su_has_error")}</em>}
              <small class="hint">{about(item)}</small>
            </button>
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
    </div>
  );
}

/** A new entry: its name, and an id made of it. */
function Add<E extends Entry>({
  part,
  items,
  addLabel,
  add,
  joint,
  asksId = false,
}: EntriesProps<E>) {
  const { open, t } = useEditing();
  const [name, setName] = useState("");
  const [id, setId] = useState<string | null>(null);
  const [wrong, setWrong] = useState<Key | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const made = slug(
    name,
    items.map((item) => item.id),
    joint,
  );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = asksId && id !== null ? id.trim() : made;
    const problem = problemOf(name, wanted, items);
    setWrong(problem);
    if (problem !== null) return field.current?.focus();
    add(wanted, name.trim());
    open(part, wanted);
    setName("");
    setId(null);
  };
  return (
    <form class="add" onSubmit={submit} noValidate>
      <div class="field">
        <label class="ds-label" for={`su-add-${part}`}>
          {t(addLabel)}
        </label>
        <input
          class="ds-input"
          id={`su-add-${part}`}
          ref={field}
          value={name}
          autocomplete="off"
          aria-invalid={wrong !== null}
          aria-describedby={`su-add-${part}-wrong`}
          onInput={({ currentTarget: { value } }) => setName(value)}
        />
      </div>
      {asksId && (
        <div class="field">
          <label class="ds-label" for={`su-add-${part}-id`}>
            {t("su_sign_in_name")}
          </label>
          <input
            class="ds-input"
            id={`su-add-${part}-id`}
            value={id ?? (name === "" ? "" : made)}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            onInput={({ currentTarget: { value } }) => setId(value)}
          />
        </div>
      )}
      <p class="error" role="alert" id={`su-add-${part}-wrong`}>
        {wrong !== null && t(wrong)}
      </p>
      <button class="ds-button" data-variant="secondary" type="submit">
        {t("su_add")}
      </button>
    </form>
  );
}

function problemOf(name: string, id: string, items: readonly Entry[]): Key | null {
  if (name.trim() === "") return "su_wrong_name";
  if (!isId(id)) return "su_wrong_id";
  return items.some((item) => item.id === id) ? "su_wrong_taken" : null;
}

function Remove<E extends Entry>({
  part,
  item,
  name,
  follows,
  remove,
}: EntriesProps<E> & { readonly item: E }) {
  const { open, t } = useEditing();
  const [asked, setAsked] = useState(false);
  const sure = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (asked) sure.current?.focus();
  }, [asked]);
  const go = remove(item);
  if (!asked) {
    return (
      <button
        type="button"
        class="ds-button remove"
        data-variant="tertiary"
        data-color="danger"
        onClick={() => setAsked(true)}
      >
        {t("su_remove", { name: name(item) })} …
      </button>
    );
  }
  return (
    <div class="ds-alert" data-color="warning">
      <p ref={sure} tabIndex={-1}>
        {follows(item)}
      </p>
      <div class="buttons">
        {go !== undefined && (
          <button
            type="button"
            class="ds-button"
            data-color="danger"
            onClick={() => {
              go();
              open(part, null);
              document.getElementById(`su-seek-${part}`)?.focus();
            }}
          >
            {t("su_remove_sure")}
          </button>
        )}
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          onClick={() => setAsked(false)}
        >
          {t("cancel")}
        </button>
      </div>
    </div>
  );
}
