/** The page an e-mail links to: fetches the conversation with the link's token, and shows it. */
import { downloadCopy, downloadFile, fetchCopy, type CopyFormat } from "../frame/copy";
import { ANSWER } from "../texts/answer";
import { CATALOGUES, load, pickLanguage, shownLanguage, type Texts } from "../texts/catalogue";
import { anchor, button, drawing, element, told } from "./drawing";
import { forgetting } from "./forgetting";
import { readLink, type AnswerLink } from "./link";
import { isCopy, readingOf, type Reading } from "./reading";

const EXPIRED = 401;
const GONE = 404;

const query = new URLSearchParams(location.search);
const language = shownLanguage(pickLanguage(query.get("lang") ?? navigator.language));
// What cannot be had is shown in bokmål.
await load(language).catch(() => null);
const texts: Texts = CATALOGUES[language];
const page = ANSWER[language];
const root = document.getElementById("root");

function show(title: string, ...parts: readonly HTMLElement[]): void {
  document.title = title;
  root?.replaceChildren(element("h1", title), ...parts);
}

/** What is wanted of it: as a file, on paper, or something more to ask. */
function ways(link: AnswerLink): HTMLElement[] {
  const made = element("div", "", "ways");
  const news = told("", "status");
  const save = (format: CopyFormat) => () => {
    news.textContent = texts.copy_making;
    downloadCopy({ ...link, language }, format, texts.copy_file).then(
      () => (news.textContent = ""),
      () => (news.textContent = texts.copy_failed),
    );
  };
  made.append(
    button(texts.copy_pdf, save("pdf"), "primary"),
    button(texts.copy_txt, save("txt")),
    button(texts.copy_print, () => print()),
    ...again(link),
  );
  return [made, news, element("p", page.rest, "rest")];
}

/** The chat by itself, where the link says whose it is. */
function again({ tenant }: AnswerLink): HTMLElement[] {
  if (tenant === null) return [];
  const chat = new URLSearchParams({ tenant, lang: language });
  return [anchor(page.new, `/widget/frame.html?${chat}`)];
}

/** What a link opens, and what became of the wish to be forgotten. */
interface Opened {
  readonly reading: Reading;
  readonly forget: string | null;
}

/** Fetch the conversation. A text: why there is none to be had, now or later. */
async function read(link: AnswerLink): Promise<Opened | string> {
  const answer = await fetchCopy({ ...link, language }, "json");
  if (answer.status === EXPIRED) return page.expired;
  if (answer.status === GONE) return page.gone;
  if (!answer.ok) throw new Error(`copy: ${answer.status}`);
  const copy: unknown = await answer.json();
  if (!isCopy(copy)) throw new Error("copy: not of a known format");
  const forget = forgetting(answer.headers.get("Prek-Forget"), page);
  return { reading: readingOf(copy, language), forget };
}

async function open(link: AnswerLink | null): Promise<void> {
  show(page.title, told(page.wait, "status"));
  try {
    const opened = link ? await read(link) : page.expired;
    if (link === null || typeof opened === "string") {
      const why = typeof opened === "string" ? opened : page.expired;
      show(page.title, told(why, "alert"), ...(link ? again(link) : []));
      return;
    }
    const { reading, forget } = opened;
    const failed = told("", "alert");
    const parts = drawing(reading, { ...texts, page }, (file) => {
      failed.textContent = "";
      downloadFile({ ...link, language }, file).catch(() => {
        failed.textContent = texts.file_failed;
      });
    });
    const title = reading.promised ? page.title : page.talk;
    const wish = forget === null ? [] : [told(forget, "status")];
    show(title, ...wish, ...parts, failed, ...ways(link));
  } catch {
    const retry = button(page.again, () => void open(link));
    show(page.title, told(page.failed, "alert"), retry);
  }
}

document.documentElement.lang = language;
void open(readLink(location.hash));
