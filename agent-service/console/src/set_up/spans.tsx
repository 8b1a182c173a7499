/** The hours of one day. */
import type { Span } from "@prek/wire";
import type { ComponentChildren } from "preact";
import { useEditing } from "./editing";
import { useField, Wrong } from "./fields";

export const WORKDAY: Span = { opens: "08:00", closes: "15:30" };

interface SpansProps {
  readonly field: string;
  readonly label: string;
  readonly spans: readonly Span[];
  /** What holds when there are none. */
  readonly closed?: string;
  readonly change: (spans: Span[], at: string) => void;
  readonly children?: ComponentChildren;
}

/** One day's hours. Midnight at the end of the day is 24:00, which a clock shows as 00:00. */
export function Spans({ field, label, spans, closed, change, children }: SpansProps) {
  const { t } = useEditing();
  const { id, wrong } = useField(field);
  const put = (n: number, values: Partial<Span>) =>
    change(
      spans.map((one, each) => (each === n ? { ...one, ...values } : one)),
      id,
    );
  return (
    <div
      class="open-day"
      role="group"
      id={id}
      tabIndex={-1}
      aria-label={label}
      aria-describedby={`${id}-wrong`}
    >
      <span class="ds-label">{label}</span>
      <div class="spans">
        {spans.length === 0 && <span class="hint">{closed ?? t("su_closed")}</span>}
        {spans.map((span, n) => (
          // Spans are their place on the day.
          <span class="span" key={n}>
            <input
              class="ds-input"
              type="time"
              aria-label={t("su_opens", { day: label })}
              value={span.opens}
              onInput={({ currentTarget: { value } }) => put(n, { opens: value })}
            />
            –
            <input
              class="ds-input"
              type="time"
              aria-label={t("su_closes", { day: label })}
              value={span.closes === "24:00" ? "00:00" : span.closes}
              onInput={({ currentTarget: { value } }) =>
                put(n, { closes: value === "00:00" ? "24:00" : value })
              }
            />
            <button
              type="button"
              class="ds-button"
              data-variant="tertiary"
              aria-label={t("su_span_remove", { day: label, opens: span.opens })}
              onClick={() => {
                change(
                  spans.filter((_, each) => each !== n),
                  "",
                );
                document.getElementById(id)?.focus();
              }}
            >
              <span aria-hidden="true">✕</span>
            </button>
          </span>
        ))}
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          aria-label={t("su_span_add_to", { day: label })}
          onClick={() => change([...spans, nextSpan(spans)], "")}
        >
          {t("su_span_add")}
        </button>
        {children}
      </div>
      <Wrong id={id} wrong={wrong} />
    </div>
  );
}

/** After what is there, or a usual day. */
function nextSpan(spans: readonly Span[]): Span {
  const last = spans.at(-1)?.closes;
  if (last === undefined) return WORKDAY;
  const hour = Number(last.slice(0, 2)) + 1;
  return { opens: last, closes: hour < 24 ? `${String(hour).padStart(2, "0")}:59` : "24:00" };
}
