// Tickets: bad ratings, complaints and wrong fields; read, called back, answered.

import { badge, choice, el, field, form, message, report, tableOf } from "./dom.js";
import { ask } from "./http.js";
import { day, moment, say } from "./words.js";

const ROOT = "/staff/tickets";
const VIEWS = { unanswered: "", mine: "mine=true", answered: "state=answered", settled: "state=settled" };

/** ``rest``: the number of a ticket, which is then opened. */
export function tickets({ rest }) {
  return rest ? one(rest) : list();
}

function list() {
  const title = el("h1", { tabindex: "-1" }, say("tickets"));
  const told = message();
  const table = tableOf(say("ticket-list"), ["ticket", "about", "case-state", "answer-by", "region", "actions"]);
  const none = el("p", { class: "empty", hidden: true }, say("tickets-none"));
  const view = choice(say("view"), Object.keys(VIEWS).map((code) => [code, say(`tickets.${code}`)]), { change: refresh });

  async function refresh() {
    told.clear();
    try {
      const found = (await ask("GET", `${ROOT}?${VIEWS[view.input.value]}`)).tickets;
      table.body.replaceChildren(...found.map(row));
      none.hidden = Boolean(found.length);
      table.node.hidden = !found.length;
    } catch (problem) { report(told, problem); }
  }

  function row(each) {
    return el("tr", {},
      el("th", { scope: "row" }, each.kind_title, el("span", { class: "hint cell-note" }, each.number)),
      el("td", {}, each.service.title),
      el("td", {}, badge(each.taken ? "active" : "waits", each.state_title)),
      el("td", {}, day(each.due_on), " ", each.escalated ? badge("late", say("overdue")) : null),
      el("td", {}, each.region || say("everywhere")),
      el("td", {}, el("a", { class: "button button--small button--quiet", href: `#/tickets/${each.number}`, "aria-label": `${say("open")} ${each.number}` }, say("open"))));
  }

  refresh();
  return { first: title, node: el("section", { class: "card" }, title, el("p", { class: "lead" }, say("tickets-lead")), told.node, el("div", { class: "filters" }, view.node), table.node, none) };
}

function one(number) {
  const node = el("div", {});
  const title = el("h1", { tabindex: "-1" }, number);
  const told = message();
  const head = el("section", { class: "card card--wide case-head" }, el("a", { class: "button button--small button--quiet", href: "#/tickets" }, say("back-to-tickets")), el("div", { class: "partner-title" }, title), told.node);

  async function refresh(done) {
    try {
      const found = await ask("GET", `${ROOT}/${number}`);
      title.textContent = `${found.kind_title} · ${found.service.title}`;
      told.clear();
      if (done) told.show(say(done), say("done-detail"), "good");
      node.replaceChildren(head, el("div", { class: "desk case-desk" }, said(found), acts(found)));
      title.focus({ preventScroll: !done });
    } catch (problem) { node.replaceChildren(head); report(told, problem); }
  }

  function said(found) {
    const pair = (code, value) => (value ? [el("dt", {}, say(code)), el("dd", { class: "facts__text" }, value)] : []);
    return el("section", { class: "card" }, el("h2", {}, say("what-was-said")), el("dl", { class: "facts" },
      pair("ticket", found.number), pair("case-state", found.state_title),
      pair("grade", found.grade === null ? "" : say("grade-of", found.grade)), pair("tags", found.tags.join(say("and"))),
      pair("field", found.field), pair("words", found.words || say("no-words")),
      pair("case", found.application), pair("asked-at", moment(found.created_at)), pair("answer-by", day(found.due_on)),
      pair("phone", found.mine ? found.phone || say("no-phone") : ""), pair("call-back", found.call_back), pair("answered-with", found.told)));
  }

  function acts(found) {
    const post = (path, body, done) => async () => { await ask("POST", `${ROOT}/${number}/${path}`, body()); await refresh(done); };
    const plain = (act, path, done, kind = "") => form([], say(`ticket-act.${act}`), post(path, () => undefined, done), { kind }).node;
    const made = {
      take: () => plain("take", "taking", "ticket-taken"),
      call() {
        const outcome = choice(say("call-outcome"), [["", say("choose-why")], ...found.outcomes.map((each) => [each.code, each.title])], { required: true });
        return form([outcome.node], say("ticket-act.call"), post("call", () => ({ outcome: outcome.input.value }), "called"), { kind: found.must_call ? "" : "button--quiet" }).node;
      },
      answer() {
        const answer = choice(say("answer-kind"), [["", say("choose-why")], ...found.answers.map((each) => [each.code, each.title])], { required: true });
        const words = field(say("words-for-resident"), {}, { control: el("textarea", { class: "input", rows: 5, maxlength: 1000, required: true }), hint: say("words-hint") });
        return form([answer.node, words.node], say("ticket-act.answer"), post("answer", () => ({ answer: answer.input.value, words: words.input.value }), "ticket-answered")).node;
      },
      release: () => plain("release", "release", "ticket-released", "button--quiet"),
    };
    const order = ["take", "call", "answer", "release"].filter((act) => found.may.includes(act));
    return el("section", { class: "card" }, el("h2", {}, say("act")),
      found.must_call && found.mine ? el("p", { class: "hint" }, say("must-call")) : null,
      order.length ? order.map((act) => made[act]()) : el("p", { class: "empty" }, say("nothing-to-do")));
  }

  refresh();
  return { node, first: title };
}
