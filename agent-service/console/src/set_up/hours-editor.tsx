/** Opening hours: the week, holidays, half days and dates, for the tenant or a department. */
import type { DatedHours, OpeningHours, Span } from "@prek/wire";
import { HALF_DAYS, WEEKDAYS } from "./checking-hours";
import { useEditing } from "./editing";
import { LocalizedFields, Switch, useField, Wrong } from "./fields";
import { HOURS } from "./reading";
import { Spans, WORKDAY } from "./spans";

interface HoursProps {
  readonly hours: OpeningHours | null;
  /** What holds without hours. */
  readonly none: string;
  /** What to begin with. */
  readonly usual: OpeningHours | null;
  readonly change: (hours: OpeningHours | null, at: string) => void;
}

export function HoursEditor({ hours, none, usual, change }: HoursProps) {
  const { t } = useEditing();
  return (
    <section class="hours">
      <h4>{t("su_hours")}</h4>
      <Switch
        label={none}
        on={hours === null}
        change={(on) => change(on ? null : (usual ?? { ...HOURS, week: workWeek(WORKDAY) }), "")}
      />
      {hours !== null && (
        <>
          <Week {...{ hours, change }} />
          <Switch
            label={t("su_holidays")}
            hint={t("su_holidays_hint")}
            on={hours.holidays}
            change={(holidays) => change({ ...hours, holidays }, "")}
          />
          <HalfDays {...{ hours, change }} />
          <Dates {...{ hours, change }} />
        </>
      )}
    </section>
  );
}

function workWeek(span: Span): Record<string, Span[]> {
  return Object.fromEntries(WEEKDAYS.slice(0, 5).map((day) => [day, [span]]));
}

interface Of {
  readonly hours: OpeningHours;
  readonly change: (hours: OpeningHours | null, at: string) => void;
}

function Week({ hours, change }: Of) {
  const { t } = useEditing();
  const monday = hours.week.mon ?? [];
  return (
    <>
      <div class="days">
        {WEEKDAYS.map((day) => (
          <Spans
            key={day}
            field={`week-${day}`}
            label={t(`su_day_${day}`)}
            spans={hours.week[day] ?? []}
            change={(spans, at) => {
              const { [day]: _, ...rest } = hours.week;
              change({ ...hours, week: spans.length === 0 ? rest : { ...rest, [day]: spans } }, at);
            }}
          />
        ))}
      </div>
      {monday.length > 0 && (
        <button
          type="button"
          class="ds-button"
          data-variant="secondary"
          onClick={() => {
            const days = WEEKDAYS.slice(0, 5).map((day) => [day, monday] as const);
            change({ ...hours, week: { ...hours.week, ...Object.fromEntries(days) } }, "");
          }}
        >
          {t("su_as_monday")}
        </button>
      )}
    </>
  );
}

function HalfDays({ hours, change }: Of) {
  const { t } = useEditing();
  return (
    <>
      <h5>{t("su_half_days")}</h5>
      <p class="hint">{t("su_half_days_hint")}</p>
      <div class="days">
        {HALF_DAYS.map((day) => {
          const spans = hours.half_days[day];
          const { [day]: _, ...rest } = hours.half_days;
          return (
            <Spans
              key={day}
              field={`half-${day}`}
              label={t(`su_half_${day}`)}
              spans={spans ?? []}
              closed={t(spans === undefined ? "su_as_week" : "su_closed")}
              change={(next, at) => change({ ...hours, half_days: { ...rest, [day]: next } }, at)}
            >
              {spans !== undefined && (
                <button
                  type="button"
                  class="ds-button"
                  data-variant="tertiary"
                  aria-label={`${t(`su_half_${day}`)}: ${t("su_as_week")}`}
                  onClick={() => change({ ...hours, half_days: rest }, "")}
                >
                  {t("su_as_week")}
                </button>
              )}
              {spans === undefined && (
                <button
                  type="button"
                  class="ds-button"
                  data-variant="tertiary"
                  aria-label={`${t(`su_half_${day}`)}: ${t("su_closed")}`}
                  onClick={() => change({ ...hours, half_days: { ...rest, [day]: [] } }, "")}
                >
                  {t("su_closed")}
                </button>
              )}
            </Spans>
          );
        })}
      </div>
    </>
  );
}

function Dates({ hours, change }: Of) {
  const { t } = useEditing();
  const put = (at: number, values: Partial<DatedHours>, field: string) =>
    change(
      { ...hours, dated: hours.dated.map((one, n) => (n === at ? { ...one, ...values } : one)) },
      field,
    );
  return (
    <>
      <h5>{t("su_dated")}</h5>
      <p class="hint">{t("su_dated_hint")}</p>
      {hours.dated.map((dated, at) => (
        // Dates have no id, and may be changed: their place is what they are known by.
        <fieldset key={at} class="dated">
          <legend class="ds-label">{t("su_dated_n", { n: at + 1 })}</legend>
          <DateField {...{ at, dated }} change={(date, field) => put(at, { date }, field)} />
          <div class="days">
            <Spans
              field={`dated-${at}`}
              label={t("su_open_hours")}
              spans={dated.spans}
              change={(spans, field) => put(at, { spans }, field)}
            />
          </div>
          <LocalizedFields
            field={`dated-${at}-reason`}
            label={t("su_dated_reason")}
            texts={dated.reason}
            optional
            change={(reason, field) => put(at, { reason }, field)}
          />
          <button
            type="button"
            class="ds-button"
            data-variant="tertiary"
            data-color="danger"
            onClick={() => change({ ...hours, dated: hours.dated.filter((_, n) => n !== at) }, "")}
          >
            {t("su_dated_remove", { date: dated.date })}
          </button>
        </fieldset>
      ))}
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        onClick={() =>
          change({ ...hours, dated: [...hours.dated, { date: "", spans: [], reason: {} }] }, "")
        }
      >
        {t("su_dated_add")}
      </button>
    </>
  );
}

interface DateProps {
  readonly at: number;
  readonly dated: DatedHours;
  readonly change: (date: string, at: string) => void;
}

function DateField({ at, dated, change }: DateProps) {
  const { t } = useEditing();
  const { id, wrong } = useField(`dated-${at}-date`);
  return (
    <div class="field narrow">
      <label class="ds-label" for={id}>
        {t("su_date")}
      </label>
      <input
        class="ds-input"
        id={id}
        type="date"
        value={dated.date}
        aria-invalid={wrong !== null}
        aria-describedby={`${id}-wrong`}
        onInput={({ currentTarget: { value } }) => change(value, id)}
      />
      <Wrong id={id} wrong={wrong} />
    </div>
  );
}
