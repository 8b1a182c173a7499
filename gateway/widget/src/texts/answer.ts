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
};

export const ANSWER: Readonly<Record<WholeLanguage, AnswerTexts>> = { nb, nn, en };
