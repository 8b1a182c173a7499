/** A row a department: who waits there, how long, and how it went of late. */
import { useState } from "preact/hooks";
import type { Key } from "../texts";
import {
  type BoardAnswer,
  byColumn,
  type Line,
  longestWait,
  share,
  type Sorting,
} from "./board-model";
import { useKeptOrder } from "./order";
import { useWords } from "./words";

const COLUMNS: readonly (readonly [Sorting["column"], Key])[] = [
  ["department", "department"],
  ["waiting", "board_waiting"],
  ["longest", "board_longest"],
  ["share", "board_share"],
  ["active", "board_active"],
  ["written", "board_written"],
  ["alarms", "board_alarms"],
];

export function Lines({ answer: { lines, target_s } }: { readonly answer: BoardAnswer }) {
  const { t, department } = useWords();
  const [sorting, setSorting] = useState<Sorting>({ column: "longest", descending: true });
  const [asked, setAsked] = useState(0);
  const rows = useKeptOrder(
    lines,
    (line) => line.department,
    byColumn(sorting, department),
    String(asked),
  );
  const sort = (column: Sorting["column"]) => {
    const again = sorting.column === column;
    setSorting({ column, descending: again ? !sorting.descending : column !== "department" });
    setAsked(asked + 1);
  };
  return (
    <section class="panelled">
      <div class="wide">
        <table>
          <caption>{t("board_lines")}</caption>
          <thead>
            <tr>
              {COLUMNS.map(([column, label]) => {
                const sorted = sorting.column === column;
                return (
                  <th
                    key={column}
                    scope="col"
                    aria-sort={
                      !sorted ? undefined : sorting.descending ? "descending" : "ascending"
                    }
                  >
                    <button type="button" class="sort" onClick={() => sort(column)}>
                      {t(label)}
                      <span aria-hidden="true">
                        {!sorted ? " ↕" : sorting.descending ? " ↓" : " ↑"}
                      </span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.map((line) => (
              <LineRow key={line.department} line={line} target_s={target_s} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function LineRow({ line, target_s }: { readonly line: Line; readonly target_s: number }) {
  const { t, now, span, department, count, percent } = useWords();
  const longest = longestWait(line, now);
  const late = longest !== null && longest > target_s * 1_000;
  return (
    <tr>
      <th scope="row">{department(line.department)}</th>
      <td>{count(line.waiting)}</td>
      <td>
        {longest === null ? (
          t("figure_none")
        ) : (
          <span class="turn" data-tone={late ? "danger" : "neutral"}>
            {span(longest)}
            {late && ` · ${t("over_target")}`}
          </span>
        )}
      </td>
      <td>
        {percent(share(line.within_target, line.answered))}{" "}
        {line.answered > 0 && (
          <small>
            {t("board_within_of", { n: count(line.within_target), all: count(line.answered) })}
          </small>
        )}
      </td>
      <td>{count(line.active)}</td>
      <td>
        {count(line.written)}{" "}
        {line.overdue > 0 && (
          <span class="turn" data-tone="danger">
            {t("board_overdue", { n: count(line.overdue) })}
          </span>
        )}
      </td>
      <td>
        {line.alarms === 0 ? (
          count(0)
        ) : (
          <span class="turn alarm">
            <span aria-hidden="true">⚠ </span>
            {count(line.alarms)}
          </span>
        )}
      </td>
    </tr>
  );
}
