/** How it went: figures per hour, day, weekday, topic and department. */
import { save } from "@prek/wire";
import { useEffect, useState } from "preact/hooks";
import { Department, Own } from "./asked-of";
import { ask, COUNTED_WITHIN_MS } from "./asking";
import { Tile } from "./board";
import { Chart } from "./charts";
import { csv } from "./csv";
import { COLUMNS, gotAnswer, type Row, sheet, type Statistics, withinShare } from "./figures";
import { type Choice, CHOICES, chosen, fault, type Period } from "./period";
import { useWords } from "./words";

type Counted =
  | { readonly is: "counting" }
  | { readonly is: "wrong"; readonly code: string }
  | { readonly is: "there"; readonly statistics: Statistics };

export function Page() {
  const { t, now } = useWords();
  const [choice, setChoice] = useState<Choice>("week");
  const [period, setPeriod] = useState<Period>(() => chosen("week", now));
  const [department, setDepartment] = useState("");
  const counted = useCounted(period, department);
  const choose = (next: Choice) => {
    setChoice(next);
    if (next !== "own") setPeriod(chosen(next, now));
  };
  return (
    <div class="history-page">
      <div class="place-head">
        <h2>{t("place_history")}</h2>
        <p role="status">{counted.is === "counting" && t("history_counting")}</p>
      </div>
      <div class="panelled filters no-print">
        <fieldset class="choice">
          <legend>{t("history_period")}</legend>
          {CHOICES.map((each) => (
            <label key={each} class="switch">
              <input
                type="radio"
                class="ds-input"
                name="period"
                checked={choice === each}
                onChange={() => choose(each)}
              />
              {t(`period_${each}`)}
            </label>
          ))}
        </fieldset>
        <Department chosen={department} choose={setDepartment} />
        {choice === "own" && (
          <Own
            label="period_own"
            type="date"
            ends={period}
            choose={setPeriod}
            fault={(ends) => keyOf(fault(ends))}
          />
        )}
      </div>
      {counted.is === "wrong" && <Wrong code={counted.code} />}
      {counted.is === "there" && <There statistics={counted.statistics} />}
    </div>
  );
}

/** Ask for what is chosen; an answer to an earlier choice is not shown. */
function useCounted({ from, to }: Period, department: string): Counted {
  const [counted, setCounted] = useState<Counted>({ is: "counting" });
  useEffect(() => {
    let gone = false;
    setCounted({ is: "counting" });
    const asked = new URLSearchParams({ from, to });
    if (department !== "") asked.set("department", department);
    void ask<Statistics>(`/api/statistics?${asked}`, COUNTED_WITHIN_MS).then((got) => {
      if (gone) return;
      setCounted(
        "answer" in got
          ? { is: "there", statistics: got.answer }
          : { is: "wrong", code: got.wrong },
      );
    });
    return () => {
      gone = true;
    };
  }, [from, to, department]);
  return counted;
}

function Wrong({ code }: { readonly code: string }) {
  const { wrong } = useWords();
  return <p role="alert" class="error">{wrong(code)}</p>;
}

function There({ statistics }: { readonly statistics: Statistics }) {
  const { t, day } = useWords();
  const groups = useGroups(statistics);
  const { from, to, totals } = statistics;
  if (totals.opened === 0) return <p class="empty">{t("history_empty")}</p>;
  const download = () => {
    const heading = [
      t("period_from"),
      t("period_to"),
      t("history_by"),
      t("history_name"),
      ...COLUMNS.map((column) =>
        column.endsWith("_s")
          ? t("history_seconds", { figure: t(`figure_${column}`) })
          : t(`figure_${column}`),
      ),
    ];
    const named = groups.map(({ name, rows }) => ({ name: t(name), rows }));
    const text = csv(sheet(statistics, heading, named, t("history_all")));
    save(new Blob([text], { type: "text/csv;charset=utf-8" }), `prek-${from}-${to}.csv`);
  };
  return (
    <>
      <div class="place-head">
        <h3>{t("history_of", { from: day(from), to: day(to), year: to.slice(0, 4) })}</h3>
        <div class="buttons no-print">
          <button type="button" class="ds-button" data-variant="secondary" onClick={download}>
            {t("history_csv")}
          </button>
          <button type="button" class="ds-button" data-variant="tertiary" onClick={() => print()}>
            {t("history_print")}
          </button>
        </div>
      </div>
      <Totals statistics={statistics} />
      <div class="charts">
        {groups.map(({ name, title, rows, short, lying }) => (
          <Chart
            key={name}
            title={t(title)}
            of={name}
            rows={rows}
            short={short}
            lying={lying}
            broad={name === "history_day"}
          />
        ))}
      </div>
    </>
  );
}

function Totals({ statistics: { totals } }: { readonly statistics: Statistics }) {
  const { t, count, percent, time } = useWords();
  const rated = totals.rated_yes + totals.rated_partly + totals.rated_no;
  return (
    <dl class="tiles">
      <Tile name={t("figure_opened")} value={count(totals.opened)} />
      <Tile name={t("figure_answered")} value={count(totals.answered)} />
      <Tile
        name={t("figure_within_target")}
        value={percent(withinShare(totals))}
        more={t("board_within_of", { n: count(totals.within_target), all: count(totals.answered) })}
      />
      <Tile name={t("figure_left")} value={count(totals.left)} />
      <Tile name={t("figure_written")} value={count(totals.written)} />
      <Tile name={t("figure_handed_over")} value={count(totals.handed_over)} />
      <Tile name={t("figure_wait_median_s")} value={time(totals.wait_median_s)} />
      <Tile name={t("figure_wait_p90_s")} value={time(totals.wait_p90_s)} />
      <Tile name={t("figure_handle_median_s")} value={time(totals.handle_median_s)} />
      <Tile
        name={t("history_got_answer")}
        value={percent(gotAnswer(totals))}
        more={t("history_rated", { n: count(rated) })}
      />
    </dl>
  );
}

/** The rows of every chart, named in words. */
function useGroups({ by_hour, by_day, by_weekday, by_topic, by_department }: Statistics) {
  const { t, day, topic, department } = useWords();
  const two = (hour: number) => String(hour).padStart(2, "0");
  const most = (a: Row, b: Row) =>
    b.figures.opened - a.figures.opened || a.name.localeCompare(b.name);
  const weekday = (n: number) => t(`weekday_${n}` as "weekday_1");
  return [
    {
      name: "history_hour",
      title: "history_by_hour",
      rows: by_hour.map((figures) => ({
        name: t("history_clock", { from: two(figures.hour), to: two((figures.hour + 1) % 24) }),
        figures,
      })),
      short: by_hour.map(({ hour }) => two(hour)),
      lying: false,
    },
    {
      name: "history_weekday",
      title: "history_by_weekday",
      rows: by_weekday.map((figures) => ({ name: weekday(figures.weekday), figures })),
      short: by_weekday.map((figures) => weekday(figures.weekday).slice(0, 3)),
      lying: false,
    },
    {
      name: "history_day",
      title: "history_by_day",
      rows: by_day.map((figures) => ({ name: day(figures.day), figures })),
      short: by_day.map((figures) => day(figures.day)),
      lying: false,
    },
    {
      name: "topic",
      title: "history_by_topic",
      rows: by_topic.map((figures) => ({ name: topic(figures.topic), figures })).sort(most),
      short: [],
      lying: true,
    },
    {
      name: "department",
      title: "history_by_department",
      rows: by_department
        .map((figures) => ({ name: department(figures.department), figures }))
        .sort(most),
      short: [],
      lying: true,
    },
  ] as const;
}

function keyOf(found: ReturnType<typeof fault>) {
  return found === null ? null : (`period_${found}` as const);
}
