/** Bars of one series or some side by side, each chart with the same numbers in a table beneath. */
import { useId } from "preact/hooks";
import { useWidth } from "../leading/charts";
import { nameEvery, scale } from "../leading/scale";
import { useWords } from "../leading/words";

/** Lengths in CSS px. */
const HEIGHT = 180;
const LEFT = 68;
const BELOW = 24;
const ABOVE = 10;
const NAME_ROOM = 60;
const LINE = 44;
const THICK = 16;
const UNDER_NAME = 20;
const AFTER = 64;

export interface Series {
  readonly name: string;
  /** One a row; null: not known, which is no bar and no zero. */
  readonly values: readonly (number | null)[];
}

interface BarsProps {
  readonly title: string;
  /** What the rows are, as the heading of the table's first column. */
  readonly of: string;
  readonly names: readonly string[];
  readonly series: readonly Series[];
  /** Long names stand over bars that lie. */
  readonly lying?: boolean;
  readonly broad?: boolean;
  /** How a value is said. */
  readonly say?: (value: number | null) => string;
}

export function Bars({ title, of, names, series, lying = false, broad = false, say }: BarsProps) {
  const { t, count } = useWords();
  const id = useId();
  const said = say ?? ((value: number | null) => (value === null ? t("figure_none") : count(value)));
  const empty = series.every(({ values }) => values.every((value) => value === null || value === 0));
  return (
    <section class="panelled chart" data-broad={broad} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {names.length === 0 || empty ? (
        <p class="empty">{t("numbers_none")}</p>
      ) : (
        <>
          {series.length > 1 && <Legend series={series} />}
          {lying ? (
            <Lying {...{ title, names, series, said }} />
          ) : (
            <Standing {...{ title, names, series, said }} />
          )}
          <details class="folded">
            <summary>{t("history_table", { title })}</summary>
            <Table {...{ title, of, names, series, said }} />
          </details>
        </>
      )}
    </section>
  );
}

interface DrawnProps {
  readonly title: string;
  readonly names: readonly string[];
  readonly series: readonly Series[];
  readonly said: (value: number | null) => string;
}

/** What the picture shows, for those who do not see it; the table has it all. */
function useSummary({ title, names, series, said }: DrawnProps): string {
  const { t } = useWords();
  const told = series.map(({ name, values }) => {
    const most = values.reduce<number>(
      (best, value, n) => ((value ?? -1) > (values[best] ?? -1) ? n : best),
      0,
    );
    return t("numbers_chart", { name, most: names[most] ?? "", of: said(values[most] ?? null) });
  });
  return `${title}. ${told.join(" ")}`;
}

function mostOf(series: readonly Series[]): number {
  return Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
}

function Standing(props: DrawnProps) {
  const { names, series } = props;
  const { count } = useWords();
  const id = useId();
  const { whole, width } = useWidth();
  const of = scale(mostOf(series));
  const room = Math.max(0, width - LEFT);
  const step = room / names.length;
  const thick = Math.max(1, Math.min(32, (step * 0.75) / series.length));
  const every = nameEvery(names.length, Math.floor(room / NAME_ROOM));
  const y = (value: number) => ABOVE + HEIGHT - (value / of.top) * HEIGHT;
  const middle = (n: number) => LEFT + step * (n + 0.5);
  return (
    <div ref={whole}>
      <svg width={width} height={ABOVE + HEIGHT + BELOW} role="img" aria-label={useSummary(props)}>
        <Patterns id={id} />
        {of.ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick)} text-anchor="end" dominant-baseline="middle">
              {count(tick)}
            </text>
          </g>
        ))}
        {series.map(({ values }, s) => (
          <Filling
            key={s}
            id={id}
            series={s}
            boxes={values.map((value, n) => ({
              x: middle(n) + (s - series.length / 2) * thick,
              y: y(value ?? 0),
              width: thick,
              height: y(0) - y(value ?? 0),
            }))}
          />
        ))}
        {names.map((name, n) =>
          n % every === 0 ? (
            <text key={n} x={middle(n)} y={y(0) + 16} text-anchor="middle">
              {name}
            </text>
          ) : null,
        )}
      </svg>
    </div>
  );
}

function Lying(props: DrawnProps) {
  const { names, series, said } = props;
  const id = useId();
  const { whole, width } = useWidth();
  const of = scale(mostOf(series));
  const room = Math.max(1, width - AFTER);
  const line = LINE + (series.length - 1) * THICK;
  const long = (value: number | null) => ((value ?? 0) / of.top) * room;
  const top = (n: number, s: number) => n * line + UNDER_NAME + s * THICK;
  return (
    <div ref={whole}>
      <svg width={width} height={names.length * line} role="img" aria-label={useSummary(props)}>
        <Patterns id={id} />
        {series.map(({ values }, s) => (
          <Filling
            key={s}
            id={id}
            series={s}
            boxes={values.map((value, n) => ({
              x: 0,
              y: top(n, s),
              width: long(value),
              height: THICK,
            }))}
          />
        ))}
        {names.map((name, n) => (
          <g key={n}>
            <text x={0} y={n * line + 15}>{name}</text>
            {series.map(({ values }, s) => (
              <text
                key={s}
                x={long(values[n] ?? null) + 6}
                y={top(n, s) + THICK / 2}
                dominant-baseline="middle"
              >
                {said(values[n] ?? null)}
              </text>
            ))}
          </g>
        ))}
      </svg>
    </div>
  );
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface FillingProps {
  readonly id: string;
  readonly series: number;
  readonly boxes: readonly Box[];
}

/** A series: a colour, and from the second on a pattern for those who do not tell the colour. */
function Filling({ id, series, boxes }: FillingProps) {
  const shape = boxes
    .filter(({ width, height }) => width > 0 && height > 0)
    .map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`)
    .join("");
  if (shape === "") return null;
  return (
    <>
      <path class="filled" data-series={series} d={shape} />
      {series > 0 && <path class="patterned" fill={`url(#${id}-${series})`} d={shape} />}
    </>
  );
}

function Patterns({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={`${id}-1`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path class="stripe" d="M0 6 L6 0" />
      </pattern>
      <pattern id={`${id}-2`} width="6" height="6" patternUnits="userSpaceOnUse">
        <circle class="dots" cx="3" cy="3" r="1.2" />
      </pattern>
      <pattern id={`${id}-3`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path class="stripe" d="M0 3 L6 3" />
      </pattern>
    </defs>
  );
}

function Legend({ series }: { readonly series: readonly Series[] }) {
  const id = useId();
  return (
    <ul class="legend">
      {series.map(({ name }, s) => (
        <li key={name}>
          <svg width="16" height="16" aria-hidden="true">
            <Patterns id={`${id}-${s}`} />
            <Filling id={`${id}-${s}`} series={s} boxes={[{ x: 0, y: 0, width: 16, height: 16 }]} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

interface TableProps extends DrawnProps {
  readonly of: string;
}

function Table({ title, of, names, series, said }: TableProps) {
  return (
    // What scrolls can be scrolled by the keyboard too.
    <div class="wide" tabIndex={0} role="region" aria-label={title}>
      <table>
        <caption class="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{of}</th>
            {series.map(({ name }) => <th key={name} scope="col">{name}</th>)}
          </tr>
        </thead>
        <tbody>
          {names.map((name, n) => (
            <tr key={n}>
              <th scope="row">{name}</th>
              {series.map(({ values }, s) => <td key={s}>{said(values[n] ?? null)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
