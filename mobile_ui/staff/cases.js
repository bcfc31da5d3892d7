// The work queue: what waits, what is mine, what is late; one press takes the case due first.

import { caseFile } from "./case.js";
import { announce, badge, choice, el, field, message, report, tableOf } from "./dom.js";
import { ask } from "./http.js";
import { day, moment, say } from "./words.js";

const ROOT = "/staff/cases";
const VIEWS = {
  waiting: "", mine: "mine=true", late: "due=late", soon: "due=soon",
  submitted: "state=submitted", "in-review": "state=in-review", "supplement-asked": "state=supplement-asked",
  approved: "state=approved", refused: "state=refused",
};
const COLUMNS = ["case", "case-state", "due-on", "region", "holder", "actions"];
let chosen = "waiting";

/** ``rest``: the number of a case, which is then opened. */
export function cases({ member, rest }) {
  return rest ? caseFile({ member, number: rest }) : queue(member);
}

function queue(member) {
  const title = el("h1", { tabindex: "-1" }, say("cases"));
  const told = message();
  const table = tableOf(say("case-list"), COLUMNS);
  const none = el("p", { class: "empty", hidden: true }, say(member.departments.length ? "cases-none" : "no-departments-yet"));
  const more = el("button", { class: "button button--quiet", type: "button", hidden: true, click: () => refresh(cursor) }, say("more"));
  const view = choice(say("view"), Object.keys(VIEWS).map((code) => [code, say(`view.${code}`)]), { change: begin });
  view.input.value = chosen;
  const department = choice(say("department"), [["", say("all-of-mine")], ...member.departments.map((one) => [one.id, one.title])], { change: begin });
  department.node.hidden = member.departments.length < 2;
  const region = field(say("region"), { inputmode: "numeric", maxlength: 6, class: "input input--short", placeholder: member.region, change: begin });
  let cursor = "";

  function begin() {
    chosen = view.input.value;
    refresh("");
  }

  async function refresh(after) {
    told.clear();
    const wanted = new URLSearchParams(VIEWS[view.input.value]);
    for (const [name, value] of [["department", department.input.value], ["region", region.input.value.trim()], ["cursor", after]]) if (value) wanted.set(name, value);
    try {
      const found = await ask("GET", `${ROOT}?${wanted}`);
      const rows = found.cases.map((one) => row(one));
      if (after) table.body.append(...rows); else table.body.replaceChildren(...rows);
      cursor = found.next ?? "";
      more.hidden = !cursor;
      none.hidden = Boolean(table.body.children.length);
      table.node.hidden = !none.hidden;
      announce(say("cases-shown", table.body.children.length));
    } catch (problem) { report(told, problem); }
  }

  function row(one) {
    const lead = member.roles.includes("case-lead");
    const free = !one.holder && (one.waits_for === "staff" || (lead && one.waits_for === "lead"));
    const act = !free
      ? el("a", { class: "button button--small button--quiet", href: `#/cases/${one.number}`, "aria-label": `${say("open")} ${one.number}` }, say("open"))
      : el("button", { class: "button button--small button--quiet", type: "button", "aria-label": `${say("take-case")} ${one.number}`, click: () => take(one.number) }, say("take-case"));
    const takes = one.mine || free || lead;
    return el("tr", {},
      el("th", { scope: "row" }, one.service.title, el("span", { class: "hint cell-note" }, `${one.number} · ${one.department}`)),
      el("td", {}, badge(one.state, one.state_title), one.waits_for === "lead" ? badge("waits", say("passed-on")) : null),
      el("td", {}, due(one)),
      el("td", {}, one.region || say("everywhere")),
      el("td", {}, one.mine ? say("yourself") : one.holder || "—"),
      el("td", {}, takes ? act : null));
  }

  async function take(number) {
    told.clear();
    try {
      await ask("POST", `${ROOT}/${number}/taking`);
      location.hash = `#/cases/${number}`;
    } catch (problem) { await refresh(""); report(told, problem); title.focus(); }
  }

  async function next() {
    told.clear();
    try {
      const wanted = { department: department.input.value, region: region.input.value.trim() };
      const { number } = await ask("POST", `${ROOT}/next`, wanted);
      if (number) location.hash = `#/cases/${number}`;
      else told.show(say("nothing-waits"), say("nothing-waits-detail"), "good");
    } catch (problem) { report(told, problem); }
  }

  refresh("");
  return {
    first: title,
    node: el("section", { class: "card" },
      el("div", { class: "head" }, el("div", {}, title, el("p", { class: "lead" }, say("cases-lead"))),
        el("button", { class: "button", type: "button", click: next }, say("take-next"))),
      told.node,
      el("div", { class: "filters" }, view.node, department.node, region.node),
      table.node, none, el("div", { class: "buttons" }, more)),
  };
}

/** The promised day, with what makes it urgent. */
function due(one) {
  if (!one.due_on) return "—";
  const late = one.late ? badge("late", say("overdue")) : one.warned ? badge("waits", say("nearly-due")) : null;
  return [day(one.due_on), " ", late, one.submitted_at ? el("span", { class: "hint cell-note" }, say("submitted-at", moment(one.submitted_at))) : null];
}
