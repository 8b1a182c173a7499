/** Bars of what was opened and what came of it, each with the same numbers in a table beneath. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Key } from "../texts";
import { COLUMNS, PARTS, parts, type Part, type Row } from "./figures";
import { nameEvery, type Scale, scale, stacked } from "./scale";
import { useWords } from "./words";

/** Lengths in CSS px. */
const HEIGHT = 180;
const LEFT = 40;
const BELOW = 24;
const ABOVE = 10;
const NAME_ROOM = 44;
const LINE = 44;
const THICK = 16;
const UNDER_NAME = 20;
const THIN = 5;
/** Room for the number at the end of a bar. */
const AFTER = 56;

interface ChartProps {
  readonly title: string;
  /** What the rows are, as the heading of the table's first column. */
  readonly of: Key;
  readonly rows: readonly Row[];
  /** Names under the bars, where whole ones have no room. */
  readonly short?: readonly string[];
  /** Long names stand over bars that lie. */
  readonly lying?: boolean;
  /** Many bars, which are given the whole width. */
  readonly broad?: boolean;
}

export function Chart({ title, of, rows, short, lying = false, broad = false }: ChartProps) {
  const { t } = useWords();
  const id = useId();
  return (
    <section class="panelled chart" data-broad={broad}>
      <h3 id={id}>{title}</h3>
      {rows.length === 0 ? (
        <p class="empty">{t("history_none")}</p>
      ) : (
        <>
          <Legend />
          {lying ? <Lying rows={rows} title={title} /> : <Standing rows={rows} title={title} short={short} />}
          <details class="folded">
            <summary>{t("history_table", { title })}</summary>
            <Table title={title} of={of} rows={rows} />
          </details>
        </>
      )}
    </section>
  );
}

/** What the fillings mean: each has a pattern, for those who do not tell its colour. */
function Legend() {
  const { t } = useWords();
  return (
    <ul class="legend">
      {PARTS.map((part) => (
        <li key={part}>
          <svg width="16" height="16" aria-hidden="true">
            <Patterns id={`legend-${part}`} />
            <Filling part={part} id={`legend-${part}`} boxes={[SWATCH]} />
          </svg>
          {t(`part_${part}`)}
        </li>
      ))}
    </ul>
  );
}

interface DrawnProps {
  readonly rows: readonly Row[];
  readonly title: string;
  readonly short?: readonly string[] | undefined;
}

function Standing({ rows, title, short }: DrawnProps) {
  const { count } = useWords();
  const id = useId();
  const { whole, width } = useWidth();
  const of = scaleOf(rows);
  const room = Math.max(0, width - LEFT);
  const step = room / rows.length;
  const thick = Math.max(1, Math.min(40, step * 0.7));
  // A line round bars as thin as itself would leave nothing of them.
  const thin = thick < THIN;
  const every = nameEvery(rows.length, Math.floor(room / NAME_ROOM));
  const y = (value: number) => ABOVE + HEIGHT - (value / of.top) * HEIGHT;
  const middle = (n: number) => LEFT + step * (n + 0.5);
  return (
    <div ref={whole}>
      <svg width={width} height={ABOVE + HEIGHT + BELOW} role="img" aria-label={useSummary(title, rows)}>
        <Patterns id={id} />
        {of.ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick)} text-anchor="end" dominant-baseline="middle">
              {count(tick)}
            </text>
          </g>
        ))}
        {PARTS.map((part) => (
          <Filling
            key={part}
            part={part}
            id={id}
            thin={thin}
            boxes={rows.map((row, n) => {
              const { start, size } = barOf(row, part, of, HEIGHT);
              return { x: middle(n) - thick / 2, y: y(0) - start - size, width: thick, height: size };
            })}
          />
        ))}
        {rows.map((row, n) =>
          n % every === 0 ? (
            <text key={n} x={middle(n)} y={y(0) + 16} text-anchor="middle">
              {short?.[n] ?? row.name}
            </text>
          ) : null,
        )}
      </svg>
    </div>
  );
}

function Lying({ rows, title }: DrawnProps) {
  const { count } = useWords();
  const id = useId();
  const { whole, width } = useWidth();
  const of = scaleOf(rows);
  const room = Math.max(1, width - AFTER);
  return (
    <div ref={whole}>
      <svg width={width} height={rows.length * LINE} role="img" aria-label={useSummary(title, rows)}>
        <Patterns id={id} />
        {PARTS.map((part) => (
          <Filling
            key={part}
            part={part}
            id={id}
            boxes={rows.map((row, n) => {
              const { start, size } = barOf(row, part, of, room);
              return { x: start, y: n * LINE + UNDER_NAME, width: size, height: THICK };
            })}
          />
        ))}
        {rows.map((row, n) => (
          <g key={n}>
            <text x={0} y={n * LINE + 15}>{row.name}</text>
            <text
              x={(row.figures.opened / of.top) * room + 6}
              y={n * LINE + UNDER_NAME + THICK / 2}
              dominant-baseline="middle"
            >
              {count(row.figures.opened)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

function scaleOf(rows: readonly Row[]): Scale {
  return scale(Math.max(0, ...rows.map(({ figures }) => figures.opened)));
}

/** Where a part of a row's bar begins and how long it is. */
function barOf({ figures }: Row, part: Part, of: Scale, length: number) {
  const values = parts(figures);
  const bars = stacked(PARTS.map((each) => values[each]), of, length);
  return bars[PARTS.indexOf(part)] ?? { start: 0, size: 0 };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const SWATCH: Box = { x: 0, y: 0, width: 16, height: 16 };

interface FillingProps {
  readonly part: Part;
  readonly id: string;
  readonly boxes: readonly Box[];
  readonly thin?: boolean;
}

/** One part of all bars: a colour, and over it a pattern for those who do not tell the colour. */
function Filling({ part, id, boxes, thin = false }: FillingProps) {
  // One shape of all bars: a year of days has hundreds.
  const shape = boxes
    .filter(({ width, height }) => width > 0 && height > 0)
    .map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`)
    .join("");
  if (shape === "") return null;
  return (
    <>
      <path class="filled" data-part={part} data-thin={thin} d={shape} />
      {part !== "answered" && <path class="patterned" fill={`url(#${id}-${part})`} d={shape} />}
    </>
  );
}

function Patterns({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={`${id}-left`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path class="hatch" d="M0 6 L6 0" />
      </pattern>
      <pattern id={`${id}-rest`} width="6" height="6" patternUnits="userSpaceOnUse">
        <circle class="dots" cx="3" cy="3" r="1.2" />
      </pattern>
    </defs>
  );
}

/** What the picture shows, for those who do not see it; the table has it all. */
function useSummary(title: string, rows: readonly Row[]): string {
  const { t, count } = useWords();
  const most = rows.reduce<Row | null>(
    (best, row) => (best === null || row.figures.opened > best.figures.opened ? row : best),
    null,
  );
  const sum = rows.reduce((all, { figures }) => all + figures.opened, 0);
  if (most === null || sum === 0) return `${title}. ${t("history_none")}`;
  return t("history_chart", {
    title,
    n: count(sum),
    most: most.name,
    of: count(most.figures.opened),
  });
}

/** How wide there is room for: letters stay as large as they are, on every screen and on paper. */
export function useWidth() {
  const whole = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (whole.current === null) return undefined;
    const watch = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    watch.observe(whole.current);
    return () => watch.disconnect();
  }, []);
  return { whole, width };
}

interface TableProps {
  readonly title: string;
  readonly of: Key;
  readonly rows: readonly Row[];
}

function Table({ title, of, rows }: TableProps) {
  const { t, count, time } = useWords();
  return (
    // What scrolls can be scrolled by the keyboard too.
    <div class="wide" tabIndex={0} role="region" aria-label={title}>
      <table>
        <caption class="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t(of)}</th>
            {COLUMNS.map((column) => <th key={column} scope="col">{t(`figure_${column}`)}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, figures }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {COLUMNS.map((column) => (
                <td key={column}>
                  {column.endsWith("_s") ? time(figures[column]) : count(figures[column] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
