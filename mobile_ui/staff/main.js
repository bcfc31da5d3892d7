// The shell: who is signed in, where they may go, and the page they are on.

import { accounts } from "./accounts.js";
import { attacks } from "./attacks.js";
import { bookings } from "./bookings.js";
import { books } from "./books.js";
import { cases } from "./cases.js";
import { catalogue } from "./catalogue.js";
import { corrections } from "./corrections.js";
import { announce, el } from "./dom.js";
import { figures } from "./figures.js";
import { ask, Problem, whenSessionEnds } from "./http.js";
import { jobs } from "./jobs.js";
import { kiosks } from "./kiosks.js";
import { partners } from "./partners.js";
import { password } from "./password.js";
import { records } from "./records.js";
import { enrol, signIn } from "./sign-in.js";
import { tickets } from "./tickets.js";
import { locale, say, speak } from "./words.js";
import { desk } from "./window.js";

const bar = document.getElementById("bar");
const main = document.getElementById("main");
let member = null;
let leave = () => {};

const PAGES = {
  "#/window": { title: "window", page: desk, roles: ["clerk", "supervisor"] },
  "#/records": { title: "records", page: records, roles: ["clerk", "supervisor"] },
  "#/corrections": { title: "corrections", page: corrections, roles: ["supervisor"] },
  "#/cases": { title: "cases", page: cases, roles: ["caseworker", "case-lead"] },
  "#/bookings": { title: "bookings", page: bookings, roles: ["caseworker", "case-lead"] },
  "#/tickets": { title: "tickets", page: tickets, roles: ["listener", "case-lead"] },
  "#/catalogue": { title: "catalogue", page: catalogue, roles: ["catalogue-editor"] },
  "#/figures": { title: "figures", page: figures, roles: ["caseworker", "case-lead", "listener", "catalogue-editor"] },
  "#/jobs": { title: "jobs", page: jobs, roles: ["operator"] },
  "#/books": { title: "books", page: books, roles: ["operator"] },
  "#/attacks": { title: "attacks", page: attacks, roles: ["operator"] },
  "#/kiosks": { title: "kiosks", page: kiosks, roles: ["operator"] },
  "#/partners": { title: "partners", page: partners, roles: ["partnerships"] },
  "#/accounts": { title: "accounts", page: accounts, roles: ["administrator"] },
  "#/password": { title: "password", page: password, roles: [] },
};
const DOOR = {
  "#/sign-in": { title: "sign-in", page: signIn },
  "#/enrol": { title: "enrol", page: enrol },
};

const allowed = (one) => !one.roles.length || one.roles.some((role) => member.roles.includes(role));

function open() {
  leave();
  leave = () => {};
  const home = member && Object.keys(PAGES).find((hash) => allowed(PAGES[hash]));
  const pages = member ? PAGES : DOOR;
  const [hash, rest] = place();
  const found = pages[hash];
  if (!found || (member && !allowed(found))) {
    location.replace(member ? home : "#/sign-in");
    return;
  }
  document.title = `${say(found.title)} · ${say("product")}`;
  drawBar();
  const made = found.page({ member, signedIn, rest });
  leave = made.leave ?? leave;
  main.replaceChildren(made.node);
  main.classList.toggle("narrow", !member || hash === "#/password");
  (made.first ?? main).focus({ preventScroll: true });
  announce(say(found.title));
}

/** The page's name and what of it is wanted: ``#/cases/ZB…``. A link from outside leads to nothing
    but a name: with dots or slashes in it, it would ask another address than its page means to. */
function place() {
  const [, name, rest] = location.hash.match(/^(#\/[\w-]*)\/?([\w-]*)$/) ?? ["", "", ""];
  return [name, rest];
}

function drawBar() {
  const [here] = place();
  const links = member
    ? Object.entries(PAGES).filter(([, one]) => allowed(one)).map(([hash, one]) =>
      el("a", { class: "bar__link", href: hash, "aria-current": here === hash ? "page" : null }, say(one.title)))
    : [];
  const who = member
    ? [el("span", { class: "bar__who" }, el("b", {}, member.name), el("span", {}, roles())),
      el("button", { class: "bar__button", type: "button", click: signOut }, say("sign-out"))]
    : [];
  bar.replaceChildren(
    el("span", { class: "bar__brand" }, el("span", { class: "bar__mark", "aria-hidden": "true" }, "指"), say("product")),
    el("nav", { class: "bar__links", "aria-label": say("places") }, links),
    el("div", { class: "bar__end" }, who,
      el("button", { class: "bar__button", type: "button", lang: locale() === "en" ? "zh-CN" : "en", click: turn },
        locale() === "en" ? "中文" : "English")));
}

function roles() {
  const named = member.roles.map((role) => say(`role.${role}`)).join(say("and"));
  return `${named} · ${member.region || say("everywhere")}`;
}

function turn() {
  speak(locale() === "en" ? "zh-CN" : "en");
  document.getElementById("skip").textContent = say("skip");
  open();
}

async function signOut() {
  await ask("DELETE", "/staff/sessions/current").catch(() => null);
  signedIn(null);
}

/** ``who``: the member of staff, or null when the session is over. */
function signedIn(who) {
  member = who;
  const home = who ? Object.keys(PAGES).find((hash) => allowed(PAGES[hash])) : "#/sign-in";
  if (location.hash === home) open();
  else location.hash = home;
}

whenSessionEnds(() => { if (member) signedIn(null); });
window.addEventListener("hashchange", open);
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
document.getElementById("skip").textContent = say("skip");
try {
  member = await ask("GET", "/staff/me");
} catch (problem) {
  if (!(problem instanceof Problem)) throw problem;
}
open();
