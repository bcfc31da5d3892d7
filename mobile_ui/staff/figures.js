// Figures: how the offices do their work, by item, department or region.

import { announce, choice, el, field, message, report, tableOf } from "./dom.js";
import { ask } from "./http.js";
import { locale, say } from "./words.js";

const COLUMNS = ["figure", "submitted", "decided", "in-time", "median-days", "refused-count", "withdrawn-count", "mean-grade", "rated", "unanswered-count"];

export function figures({ member }) {
  const title = el("h1", { tabindex: "-1" }, say("figures"));
  const told = message();
  const table = tableOf(say("figures"), COLUMNS);
  const none = el("p", { class: "empty", hidden: true }, say("figures-none"));
  const about = el("p", { class: "hint" });
  const by = choice(say("by"), ["item", "department", "region"].map((code) => [code, say(`by.${code}`)]), { change: refresh });
  const months = choice(say("hours"), ["1", "3", "12", "36"].map((count) => [count, say("last-months", count)]), { change: refresh });
  months.input.value = "12";
  const department = choice(say("department"), [["", say("all-departments")], ...member.departments.map((one) => [one.id, one.title])], { change: refresh });
  const region = field(say("region"), { inputmode: "numeric", maxlength: 6, class: "input input--short", change: refresh });

  async function refresh() {
    told.clear();
    const wanted = new URLSearchParams({ by: by.input.value, months: months.input.value, department: department.input.value, region: region.input.value.trim() });
    try {
      const found = await ask("GET", `/staff/figures?${wanted}`);
      const span = (day) => new Intl.DateTimeFormat(locale(), { year: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
      about.textContent = say("figures-span", span(found.first), span(found.last), found.few);
      table.body.replaceChildren(...found.rows.map((one) => row(one, found.few)));
      none.hidden = Boolean(found.rows.length);
      table.node.hidden = !found.rows.length;
      announce(say("figures-shown", found.rows.length));
    } catch (problem) { report(told, problem); }
  }

  function row(one, few) {
    const count = (value) => el("td", { class: "number" }, value === null ? el("span", { class: "hint" }, say("fewer", few)) : one.own || !value ? String(value) : say("at-least", value));
    const share = one.in_time_percent === null ? "—" : `${one.in_time_percent}%`;
    const plain = (value, digits) => el("td", { class: "number" }, value === null ? "—" : value.toFixed(digits));
    return el("tr", {}, el("th", { scope: "row" }, one.title || say("no-region")), count(one.submitted), count(one.decided), el("td", { class: "number" }, share),
      plain(one.median_days, 1), count(one.refused), count(one.withdrawn), plain(one.mean_grade, one.own ? 2 : 1), count(one.rated), count(one.unanswered));
  }

  refresh();
  return { first: title, node: el("section", { class: "card" }, title, el("p", { class: "lead" }, say("figures-lead")), told.node, el("div", { class: "filters" }, by.node, months.node, department.node, region.node), about, table.node, none) };
}
