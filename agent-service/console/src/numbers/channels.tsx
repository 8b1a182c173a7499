/** How many came by other ways: written in, or read from a file; looked at, and only then kept. */
import { save } from "@prek/wire";
import { useRef, useState } from "preact/hooks";
import { csv } from "../leading/csv";
import { today } from "../leading/period";
import { useWords } from "../leading/words";
import { isKey } from "../texts";
import { type Cell, CHANNELS, type Channel, enter, type Entered, type Fault, type Told } from "./asking";
import { plusMonths } from "./months";
import { typed } from "./model";
import { useTimes } from "./words";

type Way = "month" | "file";
type Step =
  | { readonly is: "writing"; readonly wrong: readonly Fault[]; readonly code: string }
  | { readonly is: "asking" }
  | { readonly is: "looking"; readonly told: Told; readonly read: Entered }
  | { readonly is: "kept"; readonly n: number };

/** Writing, and what was wrong with it the last time it was looked at. */
function writing(wrong: readonly Fault[] = [], code = ""): Step {
  return { is: "writing", wrong, code };
}

export function Channels({ saved }: { readonly saved: () => void }) {
  const { t } = useWords();
  const [way, setWay] = useState<Way>("month");
  const [source, setSource] = useState("");
  const [step, setStep] = useState<Step>(() => writing());
  const heading = useRef<HTMLHeadingElement>(null);
  const look = async (told: Told) => {
    setStep({ is: "asking" });
    const read = await enter(told, true);
    if ("code" in read) setStep(writing([], read.code));
    else if (read.errors.length > 0) setStep(writing(read.errors));
    else setStep({ is: "looking", told, read });
  };
  const keep = async (told: Told) => {
    setStep({ is: "asking" });
    const read = await enter(told, false);
    if ("code" in read) return setStep(writing([], read.code));
    if (!read.saved) return setStep(writing(read.errors));
    setStep({ is: "kept", n: read.entries.length });
    saved();
    heading.current?.focus();
  };
  return (
    <section class="panelled entering no-print" aria-labelledby="channels-head">
      <h3 id="channels-head" tabIndex={-1} ref={heading}>{t("channels_title")}</h3>
      <p class="hint">{t("channels_hint")}</p>
      <p role="status">
        {step.is === "asking" && t("loading")}
        {step.is === "kept" && t("channels_kept", { n: step.n })}
      </p>
      {step.is === "looking" ? (
        <Look
          read={step.read}
          keep={() => void keep(step.told)}
          change={() => setStep(writing())}
        />
      ) : null}
      {/* What was written stays while it is looked at, and is there again to be changed. */}
      <div hidden={step.is === "looking"}>
        <fieldset class="choice">
          <legend>{t("channels_way")}</legend>
          {(["month", "file"] as const).map((each) => (
            <label key={each} class="switch">
              <input
                type="radio"
                class="ds-input"
                name="channels-way"
                checked={way === each}
                onChange={() => {
                  setWay(each);
                  setStep(writing());
                }}
              />
              {t(`channels_way_${each}`)}
            </label>
          ))}
        </fieldset>
        <label>
          {t("channels_source")}
          <input
            class="ds-input"
            maxLength={200}
            value={source}
            onInput={({ currentTarget: { value } }) => setSource(value)}
          />
        </label>
        {way === "month" ? (
          <Month look={(entries) => void look({ source, entries })} />
        ) : (
          <Table look={(text) => void look({ source, csv: text })} />
        )}
        {step.is === "writing" && <Wrong faults={step.wrong} code={step.code} />}
      </div>
    </section>
  );
}

/** What is wrong, each with its line. */
function Wrong({ faults, code }: { readonly faults: readonly Fault[]; readonly code: string }) {
  const { t, wrong } = useWords();
  const said = ({ code: of }: Fault) => {
    const key = `channels_fault_${of}`;
    return t(isKey(key) ? key : "channels_fault_other");
  };
  return (
    <div role="alert">
      {code !== "" && <p class="error">{wrong(code)}</p>}
      {faults.length > 0 && (
        <>
          <p class="error">{t("channels_faults")}</p>
          <ul class="error">
            {faults.map((fault, n) => (
              <li key={n}>
                {t(fault.column === "" ? "channels_line" : "channels_line_column", {
                  line: fault.line,
                  column: fault.column,
                })}{" "}
                {said(fault)}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

type Fields = Readonly<Record<Channel, string>>;
const EMPTY: Fields = { phone: "", email: "", desk: "", site: "" };

/** One month, number by number. */
function Month({ look }: { readonly look: (entries: readonly Cell[]) => void }) {
  const { t, now } = useWords();
  const [month, setMonth] = useState(plusMonths(today(now).slice(0, 7), -1));
  const [fields, setFields] = useState<Fields>(EMPTY);
  const [wrong, setWrong] = useState<Channel | "month" | "nothing" | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const read = CHANNELS.map((channel) => [channel, typed(fields[channel])] as const);
    const bad = read.find(([, n]) => n === "wrong")?.[0];
    const entries = read.flatMap(([channel, n]) =>
      typeof n === "string" ? [] : [{ month, channel, n }],
    );
    const problem = !/^20\d\d-(0[1-9]|1[0-2])$/.test(month)
      ? "month"
      : bad ?? (entries.length === 0 ? "nothing" : null);
    setWrong(problem);
    if (problem === null) return look(entries);
    form.current?.querySelector<HTMLInputElement>(`[name="${problem === "nothing" ? "phone" : problem}"]`)?.focus();
  };
  return (
    <form ref={form} class="inline-form" aria-label={t("channels_way_month")} noValidate onSubmit={submit}>
      <label>
        {t("numbers_month")}
        <input
          class="ds-input"
          type="month"
          name="month"
          placeholder="2013-01"
          value={month}
          aria-invalid={wrong === "month"}
          aria-describedby="channels-wrong"
          onInput={({ currentTarget: { value } }) => setMonth(value.trim())}
        />
      </label>
      {CHANNELS.map((channel) => (
        <label key={channel}>
          {t(`channel_${channel}`)}
          <input
            class="ds-input"
            inputMode="numeric"
            name={channel}
            autocomplete="off"
            value={fields[channel]}
            aria-invalid={wrong === channel}
            aria-describedby="channels-wrong"
            onInput={({ currentTarget: { value } }) => setFields({ ...fields, [channel]: value })}
          />
        </label>
      ))}
      <button class="ds-button" type="submit">{t("channels_look")}</button>
      <p class="hint">{t("channels_empty_hint")}</p>
      <p id="channels-wrong" role="alert" class="error">
        {wrong === "month" && t("channels_fault_month_invalid")}
        {wrong === "nothing" && t("channels_fault_empty")}
        {wrong !== null && wrong !== "month" && wrong !== "nothing" &&
          `${t(`channel_${wrong}`)}: ${t("channels_fault_number_invalid")}`}
      </p>
    </form>
  );
}

/** Many months, as a spreadsheet has them. */
function Table({ look }: { readonly look: (text: string) => void }) {
  const { t, now } = useWords();
  const [text, setText] = useState("");
  const template = () => {
    const heads = [t("numbers_month"), ...CHANNELS.map((channel) => t(`channel_head_${channel}`))];
    const last = plusMonths(today(now).slice(0, 7), -1);
    const months = Array.from({ length: 12 }, (_, n) => [plusMonths(last, n - 11), null, null, null, null]);
    save(new Blob([csv([heads, ...months])], { type: "text/csv;charset=utf-8" }), "kanaler.csv");
  };
  const read = async (file: File | undefined) => {
    if (file !== undefined) setText(await decoded(file));
  };
  return (
    <form
      aria-label={t("channels_way_file")}
      onSubmit={(event) => {
        event.preventDefault();
        look(text);
      }}
    >
      <p class="hint">{t("channels_file_hint")}</p>
      <label>
        {t("channels_file")}
        <input
          class="ds-input"
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
          onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
        />
      </label>
      <label>
        {t("channels_text")}
        <textarea
          class="ds-input"
          rows={6}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget: { value } }) => setText(value)}
        />
      </label>
      <div class="buttons">
        <button class="ds-button" type="submit">{t("channels_look")}</button>
        <button type="button" class="ds-button" data-variant="tertiary" onClick={template}>
          {t("channels_template")}
        </button>
      </div>
    </form>
  );
}

/** The words of a file: UTF-8, else as Norwegian Excel has long written its files. */
async function decoded(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

interface LookProps {
  readonly read: Entered;
  readonly keep: () => void;
  readonly change: () => void;
}

/** What was read, beside what holds now. */
function Look({ read, keep, change }: LookProps) {
  const { t, count } = useWords();
  const { month } = useTimes();
  const said = (n: number | null) => (n === null ? t("figure_none") : count(n));
  const replaced = read.entries.filter(({ n, was }) => was !== null && was !== n).length;
  return (
    <>
      <p>{t("channels_read", { n: read.entries.length, replaced })}</p>
      <div class="wide" tabIndex={0} role="region" aria-label={t("channels_preview")}>
        <table>
          <caption class="visually-hidden">{t("channels_preview")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("numbers_month")}</th>
              <th scope="col">{t("channels_channel")}</th>
              <th scope="col">{t("channels_was")}</th>
              <th scope="col">{t("channels_now")}</th>
            </tr>
          </thead>
          <tbody>
            {read.entries.map(({ month: of, channel, n, was }) => (
              <tr key={`${of} ${channel}`}>
                <th scope="row">{month(of)}</th>
                <td>{t(`channel_${channel}`)}</td>
                <td>{said(was)}</td>
                <td>{said(n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="buttons">
        <button type="button" class="ds-button" onClick={keep}>{t("channels_keep")}</button>
        <button type="button" class="ds-button" data-variant="secondary" onClick={change}>
          {t("channels_change")}
        </button>
      </div>
    </>
  );
}
