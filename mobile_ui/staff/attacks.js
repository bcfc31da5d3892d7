// Attacks: what was refused and what rang in the last hours, as counts of nobody.

import { choice, el, message, report } from "./dom.js";
import { ask } from "./http.js";
import { say, time } from "./words.js";

const HOURS = ["6", "24", "72", "168"];

export function attacks() {
  const place = el("div", { class: "sheets" });
  const told = message();
  const hours = choice(say("hours"), HOURS.map((count) => [count, say("last-hours", count)]), { change: refresh, class: "input input--hours" });
  hours.input.value = "24";

  async function refresh() {
    told.clear();
    try {
      const found = await ask("GET", `/staff/attacks?hours=${hours.input.value}`);
      place.replaceChildren(numbers("alarms", found.alarms, say("none")), numbers("sources", found.sources, say("fewer", found.few)), top(found), byHour(found));
    } catch (problem) { report(told, problem); }
  }

  function numbers(title, counts, few) {
    const shown = Object.entries(counts).map(([code, count]) => [el("dt", {}, say(`${title}.${code}`)), el("dd", { class: "facts__count" }, count === null ? few : String(count))]);
    return el("section", { class: "card" }, el("h2", {}, say(title)),
      shown.length ? el("dl", { class: "facts facts--plain" }, shown) : el("p", { class: "empty" }, say("none")));
  }

  const top = (found) => table("top", ["way", "outcome", "times"], found.top.map((one) => [say(`way.${one.way}`), one.outcome, one.times]));
  const byHour = (found) => table("by-hour", ["hour", "way", "outcome", "times"], found.hours.map((one) => [time(one.hour), say(`way.${one.way}`), one.outcome, one.times]));

  function table(title, columns, rows) {
    const body = rows.map((cells) => el("tr", {}, cells.map((cell) => el("td", {}, String(cell)))));
    return el("section", { class: "card card--wide" }, el("h2", {}, say(title)),
      rows.length
        ? el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say(title) },
          el("table", {}, el("thead", {}, el("tr", {}, columns.map((code) => el("th", { scope: "col" }, say(code))))), el("tbody", {}, body)))
        : el("p", { class: "empty" }, say("none")));
  }

  refresh();
  return { node: el("div", {}, el("h1", {}, say("attacks")), el("p", { class: "lead" }, say("attacks-lead")), hours.node, told.node, place), first: hours.input };
}
