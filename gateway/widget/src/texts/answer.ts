/** The words of the page `/svar`, which the frame does not need. */
import type { WholeLanguage } from "./catalogue";

const nb = {
  title: "Svaret fra kommunen",
  wait: "Henter svaret …",
  expired:
    "Lenken virker ikke lenger, eller den mangler noe. Lenker virker i 30 dager. Har du kvitteringsnummeret og koden, kan du åpne samtalen i chatten.",
  failed: "Vi fikk ikke hentet svaret. Prøv igjen om litt.",
  again: "Prøv igjen",
  mark: "Svar",
  question: "Spørsmålet ditt",
  whole: "Hele samtalen",
  none: "Det er ikke skrevet noe svar her.",
  handover: "Samtalen ble satt over til en annen avdeling.",
  erased: "Denne teksten er slettet.",
  talk: "Samtalen med kommunen",
  new: "Still et nytt spørsmål",
  rest: "Lenken virker i 30 dager. Last ned svaret hvis du vil ta vare på det.",
  forget_to_classify:
    "Du ba oss slette samtalen. Kommunen må først se om loven krever at den blir arkivert.",
  forget_to_archive:
    "Du ba oss slette samtalen. Loven krever at den blir arkivert. Når arkivet har den, sletter vi den her.",
  forget_held:
    "Du ba oss slette samtalen. Kommunen må ta vare på den en stund, for eksempel på grunn av en klage.",
  forget_erasing: "Du ba oss slette samtalen. Vi sletter den nå.",
  gone: "Samtalen finnes ikke lenger. Den er slettet.",
};

export type AnswerTexts = Record<keyof typeof nb, string>;

const nn: AnswerTexts = {
  title: "Svaret frå kommunen",
  wait: "Hentar svaret …",
  expired:
    "Lenkja verkar ikkje lenger, eller ho manglar noko. Lenkjer verkar i 30 dagar. Har du kvitteringsnummeret og koden, kan du opne samtalen i chatten.",
  failed: "Vi fekk ikkje henta svaret. Prøv igjen om litt.",
  again: "Prøv igjen",
  mark: "Svar",
  question: "Spørsmålet ditt",
  whole: "Heile samtalen",
  none: "Det er ikkje skrive noko svar her.",
  handover: "Samtalen vart sett over til ei anna avdeling.",
  erased: "Denne teksten er sletta.",
  talk: "Samtalen med kommunen",
  new: "Still eit nytt spørsmål",
  rest: "Lenkja verkar i 30 dagar. Last ned svaret om du vil ta vare på det.",
  forget_to_classify:
    "Du bad oss slette samtalen. Kommunen må først sjå om lova krev at han blir arkivert.",
  forget_to_archive:
    "Du bad oss slette samtalen. Lova krev at han blir arkivert. Når arkivet har han, slettar vi han her.",
  forget_held:
    "Du bad oss slette samtalen. Kommunen må ta vare på han ei stund, til dømes på grunn av ei klage.",
  forget_erasing: "Du bad oss slette samtalen. Vi slettar han no.",
  gone: "Samtalen finst ikkje lenger. Han er sletta.",
};

const en: AnswerTexts = {
  title: "The answer from the municipality",
  wait: "Fetching the answer …",
  expired:
    "The link no longer works, or a part of it is missing. Links work for 30 days. With the receipt number and the code you can open the conversation in the chat.",
  failed: "We could not fetch the answer. Please try again in a little while.",
  again: "Try again",
  mark: "Answer",
  question: "Your question",
  whole: "The whole conversation",
  none: "No answer has been written here.",
  handover: "The conversation was passed on to another department.",
  erased: "This text has been erased.",
  talk: "The conversation with the municipality",
  new: "Ask a new question",
  rest: "The link works for 30 days. Download the answer if you want to keep it.",
  forget_to_classify:
    "You asked us to erase the conversation. First the municipality must see whether the law says that it must be archived.",
  forget_to_archive:
    "You asked us to erase the conversation. The law says that it must be archived. When the archive has it, we erase it here.",
  forget_held:
    "You asked us to erase the conversation. The municipality must keep it for a while, for example because of a complaint.",
  forget_erasing: "You asked us to erase the conversation. We are erasing it now.",
  gone: "The conversation is no longer here. It has been erased.",
};

export const ANSWER: Readonly<Record<WholeLanguage, AnswerTexts>> = { nb, nn, en };
