// Checks a licence that somebody shows: on line once at the house, without a line by public keys.

import { carried, fetchAll, isForeign, issuerTitle, words } from "./carried.js";
import { announce, button, el, icon } from "./dom.js";
import { FOREIGN, wordOf } from "./house.js";
import { judge } from "./judge.js";
import { scan } from "./scan.js";
import { isNew } from "./seen.js";
import { ago, locale, say, speak } from "./words.js";

const main = document.getElementById("main");
const bar = document.getElementById("bar");
const DAY = 86_400_000;
let stopCamera = null;

function head() {
  document.title = `${say("product")} · ${say("home")}`;
  const language = button(say("other"), () => { speak(locale() === "en" ? "zh-CN" : "en"); begin(); }, { class: "button button--bar", id: "language" });
  bar.replaceChildren(el("a", { class: "bar__brand", href: "/" }, icon("shield-check"), say("product")), language);
}

/** The first screen: a camera, a field, and how old what is kept here is. */
function begin() {
  stopCamera?.();
  head();
  const typed = el("textarea", { id: "text", class: "input", rows: "3", autocomplete: "off", spellcheck: "false", "aria-describedby": "text-hint fault" });
  const fault = el("p", { id: "fault", class: "fault", "aria-live": "polite" });
  const stage = el("div", { class: "stage", hidden: true });
  const send = (event) => {
    event.preventDefault();
    if (typed.value.trim()) check(typed.value);
    else fault.textContent = say("missing");
  };
  main.replaceChildren(
    el("h1", {}, say("product")),
    el("p", { class: "lead" }, say("lead")),
    el("p", { id: "line", class: `line line--${navigator.onLine ? "on" : "off"}` }, icon(navigator.onLine ? "wifi" : "wifi-off"), say(navigator.onLine ? "online" : "offline")),
    stage,
    button([icon("scan"), say("scan")], () => look(stage, fault), { class: "button button--wide", id: "scan" }),
    el("form", { class: "card", submit: send },
      el("label", { for: "text" }, say("paste")), typed,
      el("p", { id: "text-hint", class: "hint" }, say("paste-hint")), fault,
      el("button", { class: "button button--quiet", id: "check" }, say("check"))),
    keeping(),
    el("p", { class: "hint" }, say("limit")),
  );
}

async function look(stage, fault) {
  stopCamera?.();
  const video = el("video", { muted: true, playsinline: true, "aria-label": say("scan-title") });
  const close = () => { stopCamera?.(); stopCamera = null; stage.hidden = true; stage.replaceChildren(); };
  stage.hidden = false;
  stage.replaceChildren(video, el("p", {}, say("scan-title")), button(say("scan-stop"), close, { class: "button button--quiet" }));
  try {
    stopCamera = await scan(video, (text) => { stopCamera = null; check(text); });
  } catch {
    close();
    fault.textContent = say("no-camera");
  }
}

/** How old the keys and lists are, and a way to have new ones. */
function keeping() {
  const bag = carried();
  const told = el("p", { id: "carried", "data-at": bag ? String(bag.at) : "" }, bag ? say("carried-at", ago(Date.now() - bag.at)) : say("never"));
  const act = async (event) => {
    event.currentTarget.disabled = true;
    const done = await fetchAll().then(() => "updated", () => "update-failed");
    announce(say(done));
    begin();
    if (done !== "updated") document.getElementById("carried").textContent = say(done);
    document.getElementById("update").focus();
  };
  return el("section", { class: "card" }, el("h2", {}, say("carried")), told, button([icon("refresh"), say("update")], act, { class: "button button--quiet", id: "update" }));
}

async function check(text) {
  main.replaceChildren(el("h1", {}, say("product")), el("p", { role: "status", class: "lead" }, say("checking")));
  result((await onLine(text)) ?? (await byKeys(text)));
}

/** The house's own word: null where there is no line to it, or where it has none. */
async function onLine(text) {
  try {
    const answer = await fetch("/v1/presentations/check", {
      method: "POST", credentials: "omit", signal: AbortSignal.timeout(15_000),
      headers: { "content-type": "application/json", "accept-language": locale() },
      body: JSON.stringify({ presentation: text.trim().slice(0, 4096) }),
    });
    const said = await answer.json();
    const word = wordOf(answer.ok, said);
    if (said.code === FOREIGN) await fetchAll(); // so that its keys are here
    if (!word) return null;
    if (word === "refused") return { word: "refused", told: [said.title, said.detail], facts: [] };
    const told = [say("good-online")];
    if (said.portrait_missing) told.push(say("portrait-missing"));
    return { word: "good", title: said.type.title, issuer: said.department.title, facts: said.facts.map((one) => [one.title, one.value]), told, portrait: said.portrait };
  } catch {
    return null;
  }
}

async function byKeys(text) {
  const bag = carried() ?? (await fetchAll().catch(() => null));
  if (!bag) return { word: "refused", told: [say("why-empty")], facts: [] };
  const found = await judge(text, bag, isNew);
  if (found.word === "refused") return { word: "refused", why: found.why, told: [say(`why-${found.why}`)], facts: [] };
  const known = words(bag, found.kind, locale());
  const age = found.statusAt ? ago(Date.now() - found.statusAt) : "";
  const issuer = issuerTitle(bag, found.issuer, locale());
  const unsure = () => isForeign(bag, found.issuer) ? say("why-status-foreign", issuer) : say(`why-${found.why}`, age);
  const told = [found.word === "good" ? say("good-offline", age) : unsure(), say("limit")];
  return { word: found.word, why: found.why, title: known.title, issuer, facts: Object.entries(found.facts).map(([name, value]) => [known.fact(name), value]), told };
}

const ICONS = { good: "circle-check", unsure: "help-circle", refused: "alert-triangle" };

function result({ word, why = "", title = "", issuer = "", facts, told, portrait = null }) {
  head();
  const lines = facts.map(([name, value]) => el("div", { class: "fact" }, el("dt", {}, name), el("dd", {}, value)));
  main.replaceChildren(...[
    el("section", { class: `verdict verdict--${word}`, id: "verdict", "data-verdict": word, "data-why": why },
      icon(ICONS[word]), el("h1", { tabindex: "-1", id: "word" }, say(word)), told.map((one) => el("p", {}, one))),
    title ? el("section", { class: "card", id: "licence" },
      el("h2", {}, title), el("p", { class: "hint" }, `${say("issuer")} ${issuer}`),
      portrait ? el("img", { class: "portrait", src: portrait, alt: say("portrait") }) : null, el("dl", {}, lines)) : null,
    button(say("again"), begin, { class: "button button--wide", id: "again" }),
  ].filter(Boolean));
  document.getElementById("word").focus();
}

/** What came in the address is taken out of it at once: no history keeps it. */
function fromAddress() {
  const text = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  return text;
}

function start() {
  document.documentElement.lang = locale();
  const text = fromAddress();
  if (text) check(text);
  else begin();
}

navigator.serviceWorker?.register("/verify/sw.js", { scope: "/verify/" }).catch(() => {});
addEventListener("hashchange", () => location.hash.length > 1 && start());
for (const change of ["online", "offline"]) addEventListener(change, () => document.getElementById("line") && begin());
const old = carried();
if (!old || Date.now() - old.at > DAY / 24) fetchAll().then(() => document.getElementById("carried") && begin(), () => {});
start();
