// The page of a kiosk: which screen is on, and that nothing of a visitor outlives their visit.

import { announce, button, el, icon } from "./dom.js";
import { answer } from "./answer.js";
import { card } from "./card.js";
import { enrol } from "./enrol.js";
import * as idle from "./idle.js";
import { ask, client, forgetEnrolment, start } from "./line.js";
import { phone } from "./phone.js";
import { services, ways } from "./services.js";
import { locale, say, speak } from "./words.js";

const bar = document.getElementById("bar");
const main = document.getElementById("main");
const SCREENS = { enrol, services, ways, phone, card, answer, over, suspended };
let kiosk = null; // where this stands, as the server says
let visit = null; // {access_token, visit, …}: in memory only
let now = { name: "", given: {} };
let leave = () => {};

/** Show a screen; ``given`` is what it needs to know. */
async function go(name, given = {}) {
  leave();
  now = { name, given };
  bar.replaceChildren(...header());
  const made = SCREENS[name]({ go, end, kiosk, begun, ...given });
  leave = made.leave ?? (() => {});
  main.className = `screen screen--${name}`;
  main.replaceChildren(made.node);
  document.title = `${made.title} · ${say("product")}`;
  (made.first ?? main).focus({ preventScroll: true });
  announce(made.title);
  if (["services", "enrol", "suspended", "over"].includes(name)) idle.stop();
  else if (made.idle !== false) idle.begin(made.idle ?? kiosk.idle_seconds, end, visit?.until);
}

function header() {
  return [
    el("span", { class: "bar__brand" }, el("span", { class: "bar__mark", "aria-hidden": "true" }, "指"), say("product")),
    el("span", { class: "bar__site" }, kiosk?.site ?? ""),
    button([icon("language"), locale() === "en" ? "中文" : "English"], turn, { class: "button button--bar", id: "language" }),
  ];
}

async function turn() {
  speak(locale() === "en" ? "zh-CN" : "en");
  await go(now.name, now.given);
}

/** A visit has begun: it lasts as long as its token. */
function begun(issued, service) {
  visit = { ...issued, until: Date.now() + issued.expires_in * 1000 };
  go("answer", { service, visit });
}

/** Over, whoever said so: the server is told, and the page forgets. */
async function end() {
  const done = visit;
  visit = null;
  idle.stop();
  speak("zh-CN"); // the language was this visitor's
  await go(done ? "over" : "services");
  if (done) await ask("DELETE", `/v1/kiosks/visits/${done.visit}`).catch(() => null);
}

function over() {
  const timer = setTimeout(() => go("services"), 6000);
  return {
    title: say("over"),
    leave: () => clearTimeout(timer),
    node: el("section", { class: "centre" }, icon("check"), el("h1", {}, say("over")), el("p", { class: "lead" }, say("over-detail")),
      button(say("next-visitor"), () => go("services"), { class: "button button--wide" })),
  };
}

function suspended({ problem }) {
  const again = () => location.reload();
  return {
    title: problem.title,
    node: el("section", { class: "centre" }, icon("lock"), el("h1", {}, problem.title), el("p", { class: "lead" }, problem.detail),
      button(say("try-again"), again, { class: "button button--wide" }),
      button(say("enrol-again"), () => { forgetEnrolment(); location.reload(); }, { class: "button button--quiet" })),
  };
}

try {
  await start();
  if (!client()) await go("enrol");
  else {
    kiosk = await ask("GET", "/v1/kiosks/current");
    await go("services");
  }
} catch (problem) {
  if (!problem.code) throw problem;
  await go("suspended", { problem });
}
