/** Starts the desk in the page. */
import { render } from "preact";
import { App } from "./app";
import { Desk } from "./desk";
import { applyPreferences, loadPreferences } from "./preferences";
import { comeBack } from "./signing";

const preferences = loadPreferences();
applyPreferences(preferences);
const desk = new Desk(`${location.origin.replace(/^http/, "ws")}/ws/agent`);
const root = document.getElementById("root");
if (root !== null) render(<App desk={desk} first={preferences} />, root);
comeBack();
desk.start();
