/** The page an e-mail links to: fetches the conversation with the link's token, and shows it. */
import { downloadCopy, fetchCopy } from "../frame/copy";
import { CATALOGUES, pickLanguage, type Texts } from "../texts/catalogue";
import { readLink, type AnswerLink } from "./link";

const EXPIRED = 401;

const language = pickLanguage(new URLSearchParams(location.search).get("lang") ?? navigator.language);
const texts: Texts = CATALOGUES[language];
const root = document.getElementById("root");

function element(name: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function button(text: string, press: () => void): HTMLElement {
  const made = element("button", text, "ds-button");
  made.setAttribute("type", "button");
  made.setAttribute("data-variant", "secondary");
  made.addEventListener("click", press);
  return made;
}

function show(...parts: readonly HTMLElement[]): void {
  root?.replaceChildren(element("h1", texts.answer_title), ...parts);
}

function told(text: string, role: "status" | "alert"): HTMLElement {
  const made = element("p", text);
  made.setAttribute("role", role);
  return made;
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

async function open(link: AnswerLink | null): Promise<void> {
  show(told(texts.answer_wait, "status"));
  try {
    const answer = link && (await fetchCopy(link.conversation, "txt", link.token, language));
    if (link === null || answer === null || answer.status === EXPIRED) {
      show(told(texts.answer_expired, "alert"));
    } else if (answer.ok) {
      const words = element("div", await answer.text(), "words");
      words.dir = "auto";
      show(words, ways(link));
    } else {
      throw new Error(`copy: ${answer.status}`);
    }
  } catch {
    show(told(texts.answer_failed, "alert"), button(texts.answer_again, () => void open(link)));
  }
}

document.documentElement.lang = language;
document.title = texts.answer_title;
void open(readLink(location.hash));
