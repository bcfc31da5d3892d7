// The books: each day's sums, the provider's and ours, and what they say differently, to be seen to.

import { badge, choice, el, message, report, tableOf } from "./dom.js";
import { ask } from "./http.js";
import { money } from "./values.js";
import { day, moment, say } from "./words.js";

const ROOT = "/staff/payments/differences";

export function books() {
  const title = el("h1", { tabindex: "-1" }, say("books"));
  const told = message();
  const place = el("div", { class: "sheets sheets--partner" });

  async function refresh(done) {
    try {
      const found = await ask("GET", ROOT);
      place.replaceChildren(differences(found.differences), days(found.days));
      if (done) told.show(say("books-settled"), "", "good");
    } catch (problem) { report(told, problem); }
  }

  function differences(found) {
    return el("section", { class: "card card--wide", "aria-labelledby": "differences-title" },
      el("h2", { id: "differences-title" }, say("books-differences")),
      found.length ? el("ul", { class: "requests" }, found.map(one)) : el("p", { class: "empty", id: "no-differences" }, say("books-none")));
  }

  function one(each) {
    const way = choice(say("books-way"), each.ways.map(({ code, title: words }) => [code, words]), { "data-way": each.id });
    const facts = [["books-number", each.number], ["books-transaction", each.transaction], ["books-there", sum(each.there_fen)], ["books-here", sum(each.here_fen)]];
    const settle = el("button", { class: "button", type: "button", "data-settle": each.id, click: async () => {
      told.clear();
      try { await ask("POST", `${ROOT}/${each.id}/settlement`, { how: way.input.value }); await refresh(true); } catch (problem) { report(told, problem); }
    } }, say("books-settle"));
    return el("li", { class: "job", "data-kind": each.kind },
      el("div", { class: "office__head" }, el("b", {}, each.kind_title), badge("late", day(each.day)), el("span", { class: "hint office__time" }, moment(each.found_at))),
      el("dl", { class: "facts" }, facts.map(([code, value]) => [el("dt", {}, say(code)), el("dd", { class: "facts__text" }, value)])),
      way.node, el("div", { class: "buttons" }, settle));
  }

  function days(found) {
    const table = tableOf(say("books-days"), ["books-day", "case-state", "books-charged-there", "books-charged-here", "books-returned-there", "books-returned-here"]);
    table.body.append(...found.map((each) => el("tr", {}, el("th", { scope: "row" }, day(each.day)), el("td", {}, badge(each.state === "differs" ? "late" : "active", each.state_title)),
      ...[each.charged_there_fen, each.charged_here_fen, each.returned_there_fen, each.returned_here_fen].map((fen) => el("td", {}, money(fen))))));
    return el("section", { class: "card card--wide", "aria-labelledby": "days-title" }, el("h2", { id: "days-title" }, say("books-days")), found.length ? table.node : el("p", { class: "empty" }, say("books-no-days")));
  }

  refresh();
  return { first: title, node: el("div", {}, title, el("p", { class: "lead" }, say("books-lead")), told.node, place) };
}

const sum = (fen) => (fen === null ? "—" : money(fen));
