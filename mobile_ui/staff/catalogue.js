// The catalogue: items to change, how much is covered, and what people looked for in vain.

import { announce, badge, choice, el, field, message, report, tableOf } from "./dom.js";
import { ask } from "./http.js";
import { item } from "./item.js";
import { day, say } from "./words.js";

const ROOT = "/staff/catalogue";
const TABS = ["items", "coverage", "misses"];

/** ``rest``: ``coverage``, ``misses``, or the id of an item. */
export function catalogue({ rest }) {
  if (rest && !TABS.includes(rest)) return item(rest);
  const chosen = rest || "items";
  const title = el("h1", { tabindex: "-1" }, say("catalogue"));
  const told = message();
  const place = el("div", {});
  const tabs = el("nav", { class: "tabs", "aria-label": say("catalogue") }, TABS.map((tab) =>
    el("a", { class: "bar__link", href: tab === "items" ? "#/catalogue" : `#/catalogue/${tab}`, "aria-current": tab === chosen ? "page" : null }, say(`catalogue.${tab}`))));
  ({ items, coverage, misses })[chosen](place, told);
  return { first: title, node: el("section", { class: "card" }, title, el("p", { class: "lead" }, say("catalogue-lead")), tabs, told.node, place) };
}

function items(place, told) {
  const table = tableOf(say("item-list"), ["item", "department", "item-kind", "promised-days", "visits", "version", "actions"]);
  const none = el("p", { class: "empty", hidden: true }, say("items-none"));
  const words = field(say("search-items"), { type: "search", maxlength: 60, input: later });
  const state = choice(say("view"), [["", say("items.all")], ["draft", say("items.draft")]], { change: () => refresh("") });
  const more = el("button", { class: "button button--quiet", type: "button", hidden: true, click: () => refresh(cursor) }, say("more"));
  let cursor = "";
  let timer = 0;

  function later() {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(""), 250);
  }

  async function refresh(after) {
    told.clear();
    try {
      const wanted = new URLSearchParams({ q: words.input.value, state: state.input.value, cursor: after });
      const found = await ask("GET", `${ROOT}/items?${wanted}`);
      const rows = found.items.map(row);
      if (after) table.body.append(...rows); else table.body.replaceChildren(...rows);
      cursor = found.next ?? "";
      more.hidden = !cursor;
      none.hidden = Boolean(table.body.children.length);
      table.node.hidden = !none.hidden;
      announce(say("items-found", found.total));
    } catch (problem) { report(told, problem); }
  }

  const row = (one) => el("tr", {},
    el("th", { scope: "row" }, one.title, el("span", { class: "hint cell-note" }, one.id)),
    el("td", {}, one.department.title), el("td", {}, say(`kind.${one.kind}`)), el("td", {}, String(one.promised_days)), el("td", {}, String(one.visits)),
    el("td", {}, one.published ? say("version-no", one.published) : say("as-declared"), " ", one.draft ? badge("waits", say("draft-no", one.draft)) : null),
    el("td", {}, one.mine ? el("a", { class: "button button--small button--quiet", href: `#/catalogue/${one.id}`, "aria-label": `${say("open")} ${one.title}` }, say("open")) : el("span", { class: "hint" }, say("not-yours"))));

  place.append(el("div", { class: "filters" }, words.node, state.node), table.node, none, el("div", { class: "buttons" }, more));
  refresh("");
}

function coverage(place, told) {
  const table = tableOf(say("catalogue.coverage"), ["department", "items-count", "online", "one-visit", "zero-visits"]);
  const region = field(say("region"), { inputmode: "numeric", maxlength: 9, class: "input input--short", change: refresh }, { hint: say("coverage-region-hint") });

  async function refresh() {
    told.clear();
    try {
      const found = await ask("GET", `${ROOT}/coverage?region=${encodeURIComponent(region.input.value.trim())}`);
      table.body.replaceChildren(...found.departments.map((one) => row(one.title, one)), row(say("total"), found.total));
    } catch (problem) { report(told, problem); }
  }

  const part = (count, of) => (of ? `${count} · ${Math.round((count * 100) / of)}%` : "0");
  const row = (title, one) => el("tr", {}, el("th", { scope: "row" }, title), el("td", {}, String(one.items)),
    ["online", "one_visit", "zero_visits"].map((name) => el("td", {}, part(one[name], one.items))));

  place.append(el("div", { class: "filters" }, region.node), table.node);
  refresh();
}

function misses(place, told) {
  const table = tableOf(say("catalogue.misses"), ["searched-for", "times", "last-time"]);
  const none = el("p", { class: "empty", hidden: true }, say("misses-none"));
  const days = choice(say("hours"), ["7", "30", "90"].map((count) => [count, say("last-days", count)]), { change: refresh });
  days.input.value = "30";

  async function refresh() {
    told.clear();
    try {
      const found = (await ask("GET", `${ROOT}/misses?days=${days.input.value}`)).misses;
      table.body.replaceChildren(...found.map((one) => el("tr", {}, el("th", { scope: "row" }, one.words), el("td", {}, String(one.count)), el("td", {}, day(one.last)))));
      none.hidden = Boolean(found.length);
      table.node.hidden = !found.length;
    } catch (problem) { report(told, problem); }
  }

  place.append(el("p", { class: "hint" }, say("misses-lead")), el("div", { class: "filters" }, days.node), table.node, none);
  refresh();
}
