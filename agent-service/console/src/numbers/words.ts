/** Months, moments and languages as they are read, and the lines of the file. */
import { useWords, locales } from "../leading/words";
import { isKey } from "../texts";
import { CHANNELS, type Counted, type Numbers } from "./asking";
import { FIGURES, type Figure, type Line } from "./model";

export function useTimes() {
  const { language: shown, t } = useWords();
  const month = (text: string) =>
    new Date(`${text}-01T00:00:00Z`).toLocaleDateString(locales(shown), {
      timeZone: "UTC",
      month: "short",
      year: "numeric",
    });
  const moment = (text: string) =>
    new Date(text).toLocaleString(locales(shown), {
      timeZone: "Europe/Oslo",
      dateStyle: "medium",
      timeStyle: "short",
    });
  const language = (code: string) => {
    const key = `lang_${code}`;
    return isKey(key) ? t(key) : code;
  };
  return { month, moment, language };
}

/** What is in the file, in words; made when somebody asks for it. */
export function useLines(numbers: Numbers): () => readonly Line[] {
  const { t, topic, department } = useWords();
  const { language } = useTimes();
  const called = (figure: Figure) =>
    figure.endsWith("_s") ? t("history_seconds", { figure: t(`figure_${figure}`) }) : t(`figure_${figure}`);
  const each = (group: string, name: string, figures: Counted): readonly Line[] =>
    FIGURES.map((figure) => ({ group, name, figure: called(figure), value: figures[figure] }));
  const all = t("history_all");
  const one = (group: string, name: string, value: number, figure = t("figure_opened")): Line => ({
    group,
    name,
    figure,
    value,
  });
  return () => [
    ...each(all, all, numbers.totals),
    ...numbers.by_month.flatMap((row) => each(t("numbers_month"), row.month, row)),
    ...numbers.by_department.flatMap((row) =>
      each(t("department"), department(row.department), row),
    ),
    ...numbers.by_hour.map(({ hour, opened }) => one(t("history_hour"), String(hour), opened)),
    ...numbers.by_topic.map((row) => one(t("topic"), topic(row.topic), row.opened)),
    ...numbers.by_language.map((row) => one(t("language"), language(row.language), row.opened)),
    ...numbers.handed_to.map((row) =>
      one(t("numbers_handed_to"), department(row.department), row.handed, t("figure_handed_over")),
    ),
    ...numbers.channels.flatMap((row) =>
      CHANNELS.flatMap((channel) => {
        const n = row[channel];
        return n === null ? [] : [one(t("numbers_month"), row.month, n, t(`channel_${channel}`))];
      }),
    ),
  ];
}
