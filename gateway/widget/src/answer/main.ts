/** The page an e-mail links to: fetches the conversation with the link's token, and shows it. */
import { downloadCopy, fetchCopy } from "../frame/copy";
import { CATALOGUES, pickLanguage, type Texts } from "../texts/catalogue";
import { button, drawing, element, told } from "./drawing";
import { readLink, type AnswerLink } from "./link";
import { isCopy, readingOf, type Reading } from "./reading";

const EXPIRED = 401;

const language = pickLanguage(new URLSearchParams(location.search).get("lang") ?? navigator.language);
const texts: Texts = CATALOGUES[language];
const root = document.getElementById("root");

function show(...parts: readonly HTMLElement[]): void {
  root?.replaceChildren(element("h1", texts.answer_title), ...parts);
}

function ways(link: AnswerLink): HTMLElement {
  const made = element("div", "", "ways");
  const save = () =>
    void downloadCopy(link.conversation, "txt", link.token, texts.copy_file).catch(() => {
      made.after(told(texts.copy_failed, "alert"));
    });
  made.append(button(texts.copy_txt, save), button(texts.copy_print, () => print()));
  return made;
}

/** Fetch the conversation. Null: the link is none, or is none any more. */
async function read(link: AnswerLink): Promise<Reading | null> {
  const answer = await fetchCopy(link.conversation, "json", link.token, language);
  if (answer.status === EXPIRED) return null;
  if (!answer.ok) throw new Error(`copy: ${answer.status}`);
  const copy: unknown = await answer.json();
  if (!isCopy(copy)) throw new Error("copy: not of a known format");
  return readingOf(copy, language);
}

async function open(link: AnswerLink | null): Promise<void> {
  show(told(texts.answer_wait, "status"));
  try {
    const reading = link && (await read(link));
    if (link === null || reading === null) show(told(texts.answer_expired, "alert"));
    else show(...drawing(reading, texts), ways(link));
  } catch {
    show(told(texts.answer_failed, "alert"), button(texts.answer_again, () => void open(link)));
  }
}

document.documentElement.lang = language;
document.title = texts.answer_title;
void open(readLink(location.hash));
