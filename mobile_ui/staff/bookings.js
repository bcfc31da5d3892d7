// A day of appointments: who is expected when; each opened by its number, then come or not come.

import { badge, choice, el, field, form, message, report, sure, tableOf } from "./dom.js";
import { ask } from "./http.js";
import { day as said, say } from "./words.js";

const ROOT = "/staff/bookings";
const LOOK = { booked: "waits", arrived: "active", "no-show": "late", held: "waits", offered: "waits" };
const kept = { office: "", day: "" }; // while one goes to an appointment and comes back

/** ``rest``: the number of an appointment, which is then opened. */
export function bookings({ rest }) {
  return rest ? one(rest) : list();
}

function today() {
  return inChina(new Date().toISOString(), {});
}

function list() {
  const title = el("h1", { tabindex: "-1" }, say("bookings"));
  const told = message();
  const table = tableOf(say("booking-list"), ["booking-time", "booking-seat", "booking-number", "case-state", "actions"]);
  const none = el("p", { class: "empty", hidden: true }, say("bookings-none"));
  const line = el("p", { class: "hint" });
  const office = choice(say("booking-office"), [], { change: refresh });
  const day = field(say("booking-day"), { type: "date", value: kept.day || today(), change: refresh });

  async function begin() {
    try {
      const { offices } = await ask("GET", "/staff/booking-offices");
      office.input.replaceChildren(...offices.map((each) => el("option", { value: `${each.service}|${each.id}` }, `${each.city} ${each.title} · ${each.service_title}`)));
      if (kept.office) office.input.value = kept.office;
      if (offices.length) await refresh();
      else none.hidden = false;
    } catch (problem) { report(told, problem); }
  }

  async function refresh() {
    told.clear();
    if (!office.input.value || !day.input.value) return;
    [kept.office, kept.day] = [office.input.value, day.input.value];
    const [service, id] = office.input.value.split("|");
    try {
      const found = await ask("GET", `${ROOT}?service=${service}&office=${id}&day=${day.input.value}`);
      table.body.replaceChildren(...found.bookings.map(row));
      none.hidden = Boolean(found.bookings.length);
      table.node.hidden = !found.bookings.length;
      line.textContent = found.waiting ? say("booking-waiting", found.waiting) : "";
    } catch (problem) { report(told, problem); }
  }

  function row(each) {
    return el("tr", {},
      el("th", { scope: "row" }, clock(each.starts_at)),
      el("td", {}, each.seat),
      el("td", {}, each.number),
      el("td", {}, badge(LOOK[each.state] ?? "withdrawn", each.state_title)),
      el("td", {}, el("a", { class: "button button--small button--quiet", href: `#/bookings/${each.number}`, "aria-label": `${say("open")} ${each.number}` }, say("open"))));
  }

  begin();
  return { first: title, node: el("section", { class: "card" }, title, el("p", { class: "lead" }, say("bookings-lead")), told.node, el("div", { class: "filters" }, office.node, day.node), line, table.node, none) };
}

function one(number) {
  const node = el("div", {});
  const title = el("h1", { tabindex: "-1" }, number);
  const told = message();
  const head = el("section", { class: "card card--wide case-head" }, el("a", { class: "button button--small button--quiet", href: "#/bookings" }, say("back-to-bookings")), el("div", { class: "partner-title" }, title), told.node);

  async function refresh(done) {
    try {
      const found = await ask("GET", `${ROOT}/${number}`);
      told.clear();
      if (done) told.show(say(done), say("booking-told"), "good");
      node.replaceChildren(head, el("div", { class: "desk case-desk" }, shown(found), acts(found)));
      title.focus({ preventScroll: !done });
    } catch (problem) { node.replaceChildren(head); report(told, problem); }
  }

  function shown(found) {
    const pair = (code, value) => [el("dt", {}, say(code)), el("dd", { class: "facts__text" }, value)];
    const people = found.people.map((each) => el("dl", { class: "facts" }, pair("name", each.name), pair("document-number", each.id_number), pair("booking-stated", each.statements.map((code) => say(`stated.${code}`)).join(say("and")))));
    return el("section", { class: "card" }, el("h2", {}, `${dayOf(found.starts_at)} ${clock(found.starts_at)}`), el("dl", { class: "facts" }, pair("booking-seat", String(found.seat)), pair("case-state", found.state_title)), el("h2", {}, say("booking-people")), people);
  }

  function acts(found) {
    const post = (path, done) => async () => { await ask("POST", `${ROOT}/${number}/${path}`); await refresh(done); };
    const made = {
      arrival: () => form([], say("booking-arrived"), post("arrival", "booking-arrived-done")).node,
      "no-show": () => form([], say("booking-missed"), async () => { if (await sure(say("booking-missed-sure"), say("booking-missed-detail"), say("booking-missed"))) await post("no-show", "booking-missed-done")(); }, { kind: "button--quiet" }).node,
    };
    return el("section", { class: "card" }, el("h2", {}, say("act")),
      found.may.length ? found.may.map((act) => made[act]()) : el("p", { class: "empty" }, say("nothing-to-do")));
  }

  refresh();
  return { node, first: title };
}

const inChina = (iso, form) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", ...form }).format(new Date(iso));
const dayOf = (iso) => said(inChina(iso, {}));
const clock = (iso) => inChina(iso, { hour: "2-digit", minute: "2-digit" });
