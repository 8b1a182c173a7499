/** The report: what is most worth knowing in words, the figures, the charts, and how it was counted. */
import { save } from "@prek/wire";
import { Tile } from "../leading/board";
import { Chart } from "../leading/charts";
import { csv } from "../leading/csv";
import { gotAnswer, withinShare } from "../leading/figures";
import { useWords } from "../leading/words";
import { share } from "../leading/board-model";
import type { Counted, Numbers } from "./asking";
import { Bars } from "./bars";
import { again, atFirstLine, byYear, covered, inTime, shift, sheet, type Span, spans } from "./model";
import { useLines, useTimes } from "./words";

interface ReportProps {
  readonly numbers: Numbers;
  /** Of everything that is led, and not of one department: other channels stand beside it. */
  readonly whole: boolean;
}

export function Report({ numbers, whole }: ReportProps) {
  const { t, state } = useWords();
  const { month, moment } = useTimes();
  const { from, to, counted_at } = numbers;
  const lines = useLines(numbers);
  const download = () => {
    const heading = (["history_by", "history_name", "numbers_figure", "numbers_value"] as const).map((key) => t(key));
    const text = csv(sheet(heading, lines()));
    save(new Blob([text], { type: "text/csv;charset=utf-8" }), `prek-${from}-${to}.csv`);
  };
  return (
    <>
      <div class="place-head">
        <h3>
          {t("numbers_title", { municipality: state.directory?.name ?? "" })}
          <small>{t("numbers_of", { from: month(from), to: month(to) })}</small>
        </h3>
        <div class="buttons no-print">
          <button type="button" class="ds-button" data-variant="secondary" onClick={download}>
            {t("history_csv")}
          </button>
          <a class="ds-button" data-variant="secondary" href="/api/numbers/open" download>
            {t("numbers_open_data")}
          </a>
          <button type="button" class="ds-button" data-variant="tertiary" onClick={() => print()}>
            {t("history_print")}
          </button>
        </div>
      </div>
      <p class="hint">
        {counted_at === null ? t("numbers_uncounted") : t("numbers_counted", { time: moment(counted_at) })}
      </p>
      <Words numbers={numbers} whole={whole} />
      <Totals totals={numbers.totals} target_s={numbers.target_s} />
      <Charts numbers={numbers} whole={whole} />
      <details class="panelled folded">
        <summary>{t("numbers_how")}</summary>
        <ul class="plain">
          {(["line", "median", "first_line", "covered", "again", "promise", "removed"] as const).map(
            (key) => <li key={key}>{t(`numbers_how_${key}`)}</li>,
          )}
        </ul>
      </details>
    </>
  );
}

/** What a reader in a hurry is told. */
function Words({ numbers, whole }: ReportProps) {
  const { t, count, percent } = useWords();
  const { totals } = numbers;
  const all = spans(numbers);
  const calls = whole ? shift(all, "phone") : null;
  const sites = whole ? shift(all, "site") : null;
  const direction = (change: number) => (change < 0 ? "fewer" : "more");
  return (
    <ul class="panelled told">
      <li>{t(totals.opened === 1 ? "numbers_told_one" : "numbers_told_opened", { n: count(totals.opened) })}</li>
      {totals.answered > 0 && (
        <li>{t("numbers_told_within", { share: percent(withinShare(totals)) })}</li>
      )}
      {totals.ended > 0 && (
        <li>{t("numbers_told_first_line", { share: percent(atFirstLine(totals)) })}</li>
      )}
      {calls !== null && (
        <li>
          {t(`numbers_told_calls_${direction(calls.change)}`, {
            before: count(calls.before),
            first: calls.first,
            after: count(calls.after),
            last: calls.last,
            share: percent(Math.abs(calls.change)),
          })}
        </li>
      )}
      {sites !== null && (
        <li>
          {t("numbers_told_sites", {
            before: count(sites.before),
            first: sites.first,
            after: count(sites.after),
            last: sites.last,
          })}
        </li>
      )}
      {whole && numbers.sources.length > 0 && (
        <li>{t("numbers_told_sources", { sources: numbers.sources.join("; ") })}</li>
      )}
    </ul>
  );
}

function Totals({ totals, target_s }: { readonly totals: Counted; readonly target_s: number }) {
  const { t, count, percent, time } = useWords();
  const of = (n: number, all: number) => t("board_within_of", { n: count(n), all: count(all) });
  const rated = totals.rated_yes + totals.rated_partly + totals.rated_no;
  return (
    <dl class="tiles">
      <Tile name={t("figure_opened")} value={count(totals.opened)} />
      <Tile
        name={t("figure_answered")}
        value={percent(share(totals.answered, totals.opened))}
        more={of(totals.answered, totals.opened)}
      />
      <Tile
        name={t("numbers_within", { time: time(target_s) })}
        value={percent(withinShare(totals))}
        more={of(totals.within_target, totals.answered)}
      />
      <Tile name={t("figure_wait_median_s")} value={time(totals.wait_median_s)} />
      <Tile name={t("figure_wait_p90_s")} value={time(totals.wait_p90_s)} />
      <Tile name={t("figure_first_answer_median_s")} value={time(totals.first_answer_median_s)} />
      <Tile name={t("figure_handle_median_s")} value={time(totals.handle_median_s)} />
      <Tile
        name={t("numbers_first_line")}
        value={percent(atFirstLine(totals))}
        more={of(totals.first_line, totals.ended)}
      />
      <Tile name={t("figure_handed_over")} value={count(totals.handed_over)} />
      <Tile
        name={t("numbers_in_time")}
        value={percent(inTime(totals))}
        more={of(totals.written_in_time, totals.written_answered)}
      />
      <Tile
        name={t("history_got_answer")}
        value={percent(gotAnswer(totals))}
        more={t("history_rated", { n: count(rated) })}
      />
      <Tile
        name={t("numbers_covered")}
        value={percent(covered(totals))}
        more={of(totals.open_met, totals.open)}
      />
      <Tile
        name={t("numbers_again")}
        value={percent(again(totals))}
        more={of(totals.follows, totals.opened)}
      />
    </dl>
  );
}

function Charts({ numbers, whole }: ReportProps) {
  const { t, state, topic, department, time } = useWords();
  const { month, language } = useTimes();
  const all = spans(numbers);
  const yearly = byYear(numbers);
  const named = all.map(({ key }) => (yearly ? key : month(key)));
  const over = t(yearly ? "numbers_year" : "numbers_month");
  const two = (hour: number) => String(hour).padStart(2, "0");
  const most = <T,>(rows: readonly T[], of: (row: T) => number) =>
    [...rows].sort((one, other) => of(other) - of(one));
  const topics = most(numbers.by_topic, ({ opened }) => opened);
  const languages = most(numbers.by_language, ({ opened }) => opened);
  const handed = most(numbers.handed_to, ({ handed: n }) => n);
  const enquiries = t("figure_opened");
  return (
    <div class="charts">
      {yearly ? (
        <Bars
          title={t("numbers_by_year")}
          of={over}
          names={named}
          series={[{ name: enquiries, values: all.map(({ chat }) => chat) }]}
          broad
        />
      ) : (
        <Chart
          title={t("numbers_by_month")}
          of="numbers_month"
          rows={numbers.by_month.map((figures) => ({ name: month(figures.month), figures }))}
          broad
        />
      )}
      {whole && <Ways all={all} names={named} of={over} />}
      {!yearly && (
        <Bars
          title={t("numbers_waits")}
          of={over}
          names={named}
          series={(["wait_median_s", "wait_p90_s", "first_answer_median_s"] as const).map((figure) => ({
            name: t(`figure_${figure}`),
            values: numbers.by_month.map((row) => row[figure] && Math.round(row[figure])),
          }))}
          say={time}
          broad
        />
      )}
      <Bars
        title={t("history_by_hour")}
        of={t("history_hour")}
        names={numbers.by_hour.map(({ hour }) => two(hour))}
        series={[{ name: enquiries, values: numbers.by_hour.map(({ opened }) => opened) }]}
      />
      <Bars
        title={t("numbers_rating")}
        of={t("history_got_answer")}
        names={(["rated_yes", "rated_partly", "rated_no"] as const).map((key) => t(`figure_${key}`))}
        series={[
          {
            name: enquiries,
            values: [numbers.totals.rated_yes, numbers.totals.rated_partly, numbers.totals.rated_no],
          },
        ]}
        lying
      />
      <Bars
        title={t("history_by_topic")}
        of={t("topic")}
        names={topics.map((row) => topic(row.topic))}
        series={[{ name: enquiries, values: topics.map(({ opened }) => opened) }]}
        lying
      />
      {state.directory !== null && numbers.by_department.length > 0 && (
        <Chart
          title={t("history_by_department")}
          of="department"
          rows={most(numbers.by_department, ({ opened }) => opened).map((figures) => ({
            name: department(figures.department),
            figures,
          }))}
          lying
        />
      )}
      <Bars
        title={t("numbers_handed_to")}
        of={t("department")}
        names={handed.map((row) => department(row.department))}
        series={[{ name: t("figure_handed_over"), values: handed.map(({ handed: n }) => n) }]}
        lying
      />
      <Bars
        title={t("numbers_languages")}
        of={t("language")}
        names={languages.map((row) => language(row.language))}
        series={[{ name: enquiries, values: languages.map(({ opened }) => opened) }]}
        lying
      />
    </div>
  );
}

interface WaysProps {
  readonly all: readonly Span[];
  readonly names: readonly string[];
  readonly of: string;
}

/** The ways people came by, side by side; visits of the site are many more, and by themselves. */
function Ways({ all, names, of }: WaysProps) {
  const { t } = useWords();
  const said = (["phone", "email", "desk"] as const).filter((channel) =>
    all.some(({ channels }) => channels[channel] !== null),
  );
  const sites = all.map(({ channels }) => channels.site);
  return (
    <>
      {said.length > 0 && (
        <Bars
          title={t("numbers_ways")}
          of={of}
          names={names}
          series={[
            { name: t("numbers_chat"), values: all.map(({ chat }) => chat) },
            ...said.map((channel) => ({
              name: t(`channel_${channel}`),
              values: all.map(({ channels }) => channels[channel]),
            })),
          ]}
          broad
        />
      )}
      {sites.some((value) => value !== null) && (
        <Bars
          title={t("numbers_sites")}
          of={of}
          names={names}
          series={[{ name: t("channel_site"), values: sites }]}
          broad
        />
      )}
    </>
  );
}
