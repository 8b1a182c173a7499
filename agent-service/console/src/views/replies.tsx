/** The list of canned replies over the reply field: found by typing, put in by one key. */
import type { CannedReply, Summary } from "@prek/wire";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import {
  filled,
  joined,
  MOST_SHOWN,
  type Piece,
  Replies,
  stepped,
  textIn,
  unfilled,
  type Values,
  valuesFor,
} from "../replies";
import { useShown } from "./context";

/** The replies this agent may use here; made anew only with another set-up. */
export function useReplies(summary: Summary): Replies {
  const { state, profile } = useShown();
  const { replies = [] } = state.directory ?? {};
  const departments = profile?.departments;
  const { department, language } = summary;
  return useMemo(
    () => new Replies(replies, [...(departments ?? []), department], language),
    [replies, departments, department, language],
  );
}

interface ReplyPickerProps {
  readonly summary: Summary;
  readonly replies: Replies;
  /** Put words in the field. */
  readonly insert: (words: string) => void;
  /** Nothing chosen: what was typed, and whether the keyboard goes back to the field. */
  readonly leave: (typed: string, back: boolean) => void;
}

/** A combobox of its own over the field, so that the field itself stays a plain one. */
export function ReplyPicker({ summary, replies, insert, leave }: ReplyPickerProps) {
  const { state, profile, t, reference } = useShown();
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const whole = useRef<HTMLDivElement>(null);
  // Before the next key comes, so that none is typed elsewhere.
  useLayoutEffect(() => field.current?.focus(), []);
  const found = useMemo(() => replies.find(search), [replies, search]);
  const shown = found.slice(0, MOST_SHOWN);
  const name = profile?.name ?? state.session?.name ?? "";
  const values = valuesFor(summary, state.directory, { name, reference: reference(summary) });
  const chosen = shown[at];
  const take = (reply: CannedReply | undefined) => {
    if (reply !== undefined) insert(joined(filled(textIn(reply, summary.language), values)));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const done = actOn(event.key, event.shiftKey);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const actOn = (key: string, shift: boolean): boolean => {
    if (key === "ArrowDown" || key === "ArrowUp") {
      setAt(stepped(at, key === "ArrowDown" ? 1 : -1, shown.length));
    } else if (key === "Enter" || (key === "Tab" && !shift && chosen !== undefined)) {
      take(chosen);
    } else if (key === "Escape" || key === "Tab") {
      leave(search, true);
    } else {
      return false;
    }
    return true;
  };
  const count =
    found.length === 0
      ? t("replies_none")
      : found.length > MOST_SHOWN
        ? t("replies_many", { n: MOST_SHOWN, all: found.length })
        : t("replies_count", { n: found.length });
  return (
    <div
      class="replies"
      ref={whole}
      onFocusOut={({ relatedTarget }) => {
        // To another place on the screen; a click within is on an option.
        if (relatedTarget instanceof Node && !whole.current?.contains(relatedTarget)) leave(search, false);
      }}
    >
      <label class="ds-label" for="replies-search">{t("replies_search")}</label>
      <input
        class="ds-input"
        id="replies-search"
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-expanded={shown.length > 0}
        aria-controls="replies-list"
        aria-autocomplete="list"
        aria-activedescendant={chosen === undefined ? undefined : optionId(at)}
        aria-describedby="replies-help"
        ref={field}
        value={search}
        onInput={({ currentTarget: { value } }) => {
          setSearch(value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <ul id="replies-list" role="listbox" aria-label={t("replies")}>
        {shown.map((reply, n) => (
          <Option
            key={reply.id}
            reply={reply}
            language={summary.language}
            values={values}
            id={optionId(n)}
            chosen={n === at}
            point={() => setAt(n)}
            take={() => take(reply)}
          />
        ))}
      </ul>
      <div class="buttons">
        <p id="replies-help" class="hint">{t("replies_help")}</p>
        <p role="status" class="hint">{count}</p>
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          onClick={() => leave(search, true)}
        >
          {t("close_sheet")}
        </button>
      </div>
    </div>
  );
}

function optionId(n: number): string {
  return `reply-${n}`;
}

interface OptionProps {
  readonly reply: CannedReply;
  readonly language: string;
  readonly values: Values;
  readonly id: string;
  readonly chosen: boolean;
  readonly point: () => void;
  readonly take: () => void;
}

function Option({ reply, language, values, id, chosen, point, take }: OptionProps) {
  const { t, department } = useShown();
  const row = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const parts = filled(textIn(reply, language), values);
  const unknown = [...new Set(parts.filter((part) => part.unknown).map((part) => part.text))];
  return (
    <li
      id={id}
      role="option"
      aria-selected={chosen}
      ref={row}
      // The keyboard stays in the search.
      onMouseDown={(event) => event.preventDefault()}
      onMouseMove={point}
      onClick={take}
    >
      <strong>{reply.title}</strong>{" "}
      <span class="hint">
        {reply.department == null ? t("replies_all") : department(reply.department)}
      </span>
      <span class="preview" lang={language}><Filled parts={parts} /></span>
      {unknown.length > 0 && (
        <span class="error">{t("replies_unknown", { what: unknown.join(", ") })}</span>
      )}
    </li>
  );
}

function Filled({ parts }: { readonly parts: readonly Piece[] }) {
  return <>{parts.map((part, n) => (part.unknown ? <mark key={n}>{part.text}</mark> : part.text))}</>;
}

/** A `{x}` left in what is about to be sent: said while it can still be mended. */
export function useUnfilled(text: string): string {
  const { t } = useShown();
  const left = unfilled(text);
  return left.length === 0 ? "" : t("replies_unfilled", { what: left.join(", ") });
}
