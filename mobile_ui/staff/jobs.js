// Jobs: what waits, what was given up and may be tried again, and how far long ones are.

import { badge, el, message, report, tableOf } from "./dom.js";
import { ask } from "./http.js";
import { moment, say } from "./words.js";

const ROOT = "/staff/jobs";
const EVERY = 3000;

export function jobs() {
  const title = el("h1", { tabindex: "-1" }, say("jobs"));
  const told = message();
  const place = el("div", { class: "sheets sheets--partner" });
  const chosen = new Set();
  let shown = "";
  let timer = 0;

  async function refresh() {
    clearTimeout(timer);
    try {
      const found = await ask("GET", ROOT, undefined, { watching: true });
      const state = JSON.stringify(found);
      if (state !== shown && !place.contains(document.activeElement?.closest("input"))) { draw(found); shown = state; }
    } catch (problem) { report(told, problem); }
    timer = setTimeout(refresh, document.hidden ? EVERY * 6 : EVERY);
  }

  function draw(found) {
    const held = place.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    place.replaceChildren(long(found), dead(found), waiting(found));
    if (held) place.querySelector(`[data-id="${held}"]`)?.focus();
  }

  function long(found) {
    const line = (one) => el("li", { class: "job" },
      el("div", { class: "office__head" }, el("b", {}, one.title), badge(one.fault ? "late" : one.ended_at ? "active" : "waits", say(one.fault ? "job-failed" : one.ended_at ? "job-ended" : "job-runs")), el("span", { class: "hint office__time" }, moment(one.ended_at ?? one.began_at))),
      el("progress", { max: 100, value: one.percent, "aria-label": one.title }), el("span", { class: "hint" }, say("job-done", one.done, one.total, one.percent), one.fault ? ` · ${one.fault}` : ""));
    const begin = (one) => el("button", { class: "button button--quiet", type: "button", "data-id": `begin-${one.name}`, click: () => act(() => ask("POST", `${ROOT}/${one.name}/beginning`), "job-begun") }, say("begin-job", one.title));
    return el("section", { class: "card", "aria-labelledby": "long-title" }, el("h2", { id: "long-title" }, say("long-jobs")),
      found.long.length ? el("ul", { class: "requests" }, found.long.slice(0, 8).map(line)) : el("p", { class: "empty" }, say("long-none")), el("div", { class: "buttons" }, found.startable.map(begin)));
  }

  function dead(found) {
    for (const id of [...chosen]) if (!found.dead.some((one) => one.id === id)) chosen.delete(id);
    const line = (one) => {
      const box = el("input", { type: "checkbox", id: `dead-${one.id}`, "data-id": `dead-${one.id}`, checked: chosen.has(one.id), change: () => { if (box.checked) chosen.add(one.id); else chosen.delete(one.id); } });
      return el("label", { class: "check", for: box.id }, box, el("span", {}, el("b", {}, one.title), el("span", { class: "hint" }, say("given-up-at", one.id, moment(one.given_up_at)))));
    };
    return el("section", { class: "card", "aria-labelledby": "dead-title" }, el("h2", { id: "dead-title" }, say("dead-letters")),
      found.dead.length
        ? [el("fieldset", { class: "field" }, el("legend", { class: "unseen" }, say("dead-letters")), found.dead.map(line)), el("div", { class: "buttons" },
          el("button", { class: "button", type: "button", "data-id": "revive", click: revive }, say("revive")),
          el("button", { class: "button button--quiet", type: "button", "data-id": "all", click: () => { for (const one of found.dead.slice(0, 100)) chosen.add(one.id); draw(found); } }, say("choose-all")))]
        : el("p", { class: "empty" }, say("dead-none")));
  }

  function waiting(found) {
    const table = tableOf(say("jobs-waiting"), ["job", "case-state", "times", "oldest"]);
    table.body.append(...found.waiting.map((one) => el("tr", {}, el("th", { scope: "row" }, one.title, el("span", { class: "hint cell-note" }, one.name)), el("td", {}, badge(one.picked ? "active" : "waits", say(one.picked ? "job-runs" : "job-waits"))), el("td", {}, String(one.count)), el("td", {}, moment(one.oldest)))));
    return el("section", { class: "card card--wide", "aria-labelledby": "waiting-title" }, el("h2", { id: "waiting-title" }, say("jobs-waiting")), found.waiting.length ? table.node : el("p", { class: "empty" }, say("jobs-none")));
  }

  async function revive() {
    if (!chosen.size) { told.show(say("choose-jobs")); return; }
    await act(() => ask("POST", `${ROOT}/revival`, { ids: [...chosen] }), "revived");
    chosen.clear();
  }

  async function act(doing, done) {
    told.clear();
    try { await doing(); told.show(say(done), say("done-detail"), "good"); } catch (problem) { report(told, problem); }
    shown = "";
    await refresh();
  }

  refresh();
  return { first: title, leave: () => clearTimeout(timer), node: el("div", {}, title, el("p", { class: "lead" }, say("jobs-lead")), told.node, place) };
}
