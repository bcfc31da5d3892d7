// One case: who asks for what, the offices at work side by side, materials, events, clock, decision.

import { acts } from "./case-acts.js";
import { badge, el, message, report, tableOf } from "./dom.js";
import { ask } from "./http.js";
import { factsOf, lines } from "./values.js";
import { day, moment, say, size } from "./words.js";

const ROOT = "/staff/cases";

export function caseFile({ member, number }) {
  const node = el("div", {});
  const told = message();
  const title = el("h1", { tabindex: "-1" }, number);
  const back = el("a", { class: "button button--small button--quiet", href: "#/cases" }, say("back-to-cases"));

  async function refresh(done) {
    try {
      draw(await ask("GET", `${ROOT}/${number}`));
      told.clear();
      if (done) told.show(say(done), say("done-detail"), "good");
      title.focus({ preventScroll: !done });
    } catch (problem) {
      node.replaceChildren(el("section", { class: "card card--wide" }, back, el("div", { class: "partner-title" }, title), told.node, untaken(problem)));
      report(told, problem);
      title.focus();
    }
  }

  /** Somebody opened a case they have not taken: one press takes it. */
  function untaken(problem) {
    if (problem.code !== "case-not-held") return null;
    return el("div", { class: "buttons" }, el("button", { class: "button", type: "button", click: async () => {
      try { await ask("POST", `${ROOT}/${number}/taking`); await refresh(); } catch (again) { report(told, again); }
    } }, say("take-case")));
  }

  function draw(found) {
    const one = found.case;
    title.textContent = one.service.title;
    node.replaceChildren(
      el("section", { class: "card card--wide case-head" }, back,
        el("div", { class: "partner-title" }, title, badge(one.state, one.state_title), el("span", { class: "hint" }, one.number)), told.node),
      el("div", { class: "desk case-desk" },
        el("div", { class: "column" }, asked(found), offices(one), materials(one, number), events(one)),
        el("div", { class: "column" }, clock(one.clock), advice(found), acts(found, { member, number, told, again: refresh }))));
  }

  refresh();
  return { node, first: title };
}

const section = (code, ...content) => el("section", { class: "card", "aria-labelledby": `h-${code}` }, el("h2", { id: `h-${code}` }, say(code)), content);

function asked({ case: one, applicant, question }) {
  return section("asked-for",
    el("dl", { class: "facts" }, el("dt", {}, say("resident")), el("dd", {}, el("b", {}, applicant.name), ` · ${applicant.id_number}`), factsOf(one.form, question)),
    one.supplement ? el("div", { class: "message message--waits" }, el("strong", {}, say("waits-for-resident", day(one.supplement.due_on))), el("span", {}, lines(one.supplement.wanted.map((each) => each.title), one.supplement.words))) : null,
    one.decision ? el("div", { class: "message message--good" }, el("strong", {}, one.state_title), el("span", {}, lines(one.decision.reasons))) : null);
}

/** Every office on a line of its own, from when it began to when it was done. */
function offices(one) {
  const times = one.steps.flatMap((step) => [step.began_at, step.finished_at]).filter(Boolean).map((at) => Date.parse(at));
  const [first, last] = [Math.min(...times), Math.max(...times, Math.min(...times) + 1)];
  const lane = (step) => {
    const bar = el("span", { class: `lane__bar lane__bar--${step.state}` });
    if (step.began_at) {
      const from = (Date.parse(step.began_at) - first) / (last - first);
      const to = step.finished_at ? (Date.parse(step.finished_at) - first) / (last - first) : 1;
      bar.style.setProperty("--from", String(from));
      bar.style.setProperty("--part", String(Math.max(to - from, 0.02)));
    }
    return el("span", { class: "lane", "aria-hidden": "true" }, bar);
  };
  const found = (step) => step.finding.map((each) => [el("dt", {}, each.title), el("dd", {}, lines([each.value], "", each.show))]);
  return section("offices", el("ol", { class: "offices" }, one.steps.map((step) => el("li", { class: step.critical ? "office office--critical" : "office" },
    el("div", { class: "office__head" }, el("b", {}, step.title), el("span", { class: "hint" }, step.department.title), badge(`step-${step.state}`, step.state_title),
      step.critical ? badge("critical", say("critical")) : null, el("span", { class: "hint office__time" }, spent(step))),
    lane(step),
    step.finding.length ? el("dl", { class: "facts facts--small" }, found(step)) : null))));
}

function spent(step) {
  if (!step.began_at) return say("share-days", step.share_days);
  return step.finished_at ? `${moment(step.began_at)} – ${moment(step.finished_at)}` : say("since", moment(step.began_at));
}

function materials(one, number) {
  if (!one.materials.length) return section("materials", el("p", { class: "empty" }, say("no-materials")));
  const table = tableOf(say("materials"), ["material", "source", "size", "checksum", "actions"]);
  table.body.append(...one.materials.map((each) => el("tr", {},
    el("th", { scope: "row" }, each.title, each.name ? el("span", { class: "hint cell-note" }, each.name) : null),
    el("td", {}, say(`source.${each.source}`)),
    el("td", {}, each.size ? size(each.size) : "—"),
    el("td", {}, each.sha256 ? el("code", { class: "sum", title: each.sha256 }, each.sha256.slice(0, 12)) : "—"),
    el("td", {}, each.size ? el("a", { class: "button button--small button--quiet", href: `${ROOT}/${number}/materials/${each.id}`, target: "_blank", rel: "noopener", "aria-label": `${say("open")} ${each.title}` }, say("open")) : null))));
  return section("materials", table.node, el("p", { class: "hint" }, say("materials-hint")));
}

function events(one) {
  return section("events", el("ol", { class: "events" }, one.events.toReversed().map((each) => el("li", {},
    el("span", { class: "hint events__at" }, moment(each.at)),
    el("div", {}, el("b", {}, each.title), " ", el("span", { class: "hint" }, each.by === "resident" ? say("applicant") : each.by_title),
      each.reason ? el("p", { class: "events__words" }, each.reason) : null, each.words ? el("p", { class: "events__words" }, each.words) : null)))));
}

function clock(one) {
  if (!one) return null;
  const left = one.days_left;
  const word = one.paused ? badge("waits", say("paused")) : left === null ? null : left < 0 ? badge("late", say("days-over", -left)) : badge(left < 2 ? "waits" : "active", say("days-left", left));
  return section("clock", el("p", {}, word), el("dl", { class: "facts facts--plain" },
    el("dt", {}, say("promised-on")), el("dd", {}, day(one.promised_on)), el("dt", {}, say("statutory-on")), el("dd", {}, day(one.statutory_on))));
}

function advice({ advice: reasons, case: one }) {
  if (!reasons.length || one.decision) return null;
  return section("advice", el("ul", { class: "plain" }, reasons.map((each) => el("li", {}, each))), el("p", { class: "hint" }, say("advice-hint")));
}
