// One partner: who answers for it, what it may ask, what would change, and the decision.

import { choice, el, field, form, message, report, sure } from "./dom.js";
import { ask } from "./http.js";
import { say, time } from "./words.js";

const REFUSALS = ["purpose", "fields", "organisation", "addresses", "keys", "other"];
const SUSPENSIONS = ["misuse", "complaints", "breach", "keys-lost", "own-wish", "other"];

/** ``one``: the answer of GET /staff/partners/{id}; ``again`` reads it anew, ``back`` leaves. */
export function partner(one, { again, back }) {
  const told = message();
  const title = el("h1", { tabindex: "-1" }, one.name);
  const badge = (state) => el("span", { class: `badge badge--${state}` }, say(`state.${state}`));
  const shown = one.proposed ?? one.in_force;

  const head = el("section", { class: "card card--wide" },
    el("button", { class: "button button--small button--quiet", type: "button", click: back }, say("back-to-partners")),
    el("div", { class: "partner-title" }, title, badge(one.state), one.proposed ? badge("waits") : null),
    told.node);

  const who = el("section", { class: "card" },
    el("dl", { class: "facts" },
      pair("organisation", one.organisation), pair("credit-code", one.credit_code), pair("use-purpose", one.purpose),
      pair("client-kind", say(`client.${one.kind}`)), pair("environment", say(`environment.${one.environment}`)),
      pair("region", one.region || say("everywhere")), pair("sector", one.sector), pair("asked-since", time(one.created_at)),
      one.state === "suspended" ? pair("suspend-why", say(`suspension.${one.why}`)) : null),
    el("h2", {}, say("responsible")),
    one.responsible
      ? el("dl", { class: "facts" }, pair("name", one.responsible.name), pair("phone", one.responsible.phone), pair("mail", one.responsible.mail))
      : el("p", { class: "empty" }, say("no-responsible")),
    el("p", { class: "hint" }, say("responsible-hint")));

  const asked = el("section", { class: "card" }, el("h2", {}, say("partner-fields")),
    shown.fields.length
      ? el("ul", { class: "plain" }, shown.fields.map((each) => el("li", {}, el("b", {}, each.title), " ", each.sensitivity === "high" ? el("span", { class: "badge badge--waits" }, say("sensitive")) : null, el("span", { class: "hint cell-note" }, each.about))))
      : el("p", { class: "empty" }, say("no-fields")));

  /** Runs one decision; the page is read anew, with what became of it. */
  async function decide(path, body, done) {
    try {
      await ask("POST", `/staff/partners/${one.id}/${path}`, body);
      const page = await again();
      page?.told?.show(say(done), say("done-detail"), "good");
    } catch (problem) { report(told, problem); title.focus(); }
  }

  const decisions = el("section", { class: "card", "aria-labelledby": "decision-title" }, el("h2", { id: "decision-title" }, say("decision")),
    one.state === "closed" ? el("p", { class: "empty" }, say("state.closed")) : decisionForms(one, decide));
  return {
    told,
    first: title,
    node: el("div", { class: "sheets sheets--partner" }, head, one.proposed ? changes(one) : null, who, el("div", { class: "column" }, asked, decisions), whole(one.in_force.metadata)),
  };
}

const pair = (code, value) => [el("dt", {}, say(code)), el("dd", {}, value)];

function decisionForms(one, decide) {
  const made = [];
  if (one.waits) made.push(approval(one, decide), refusal(decide));
  else if (one.state === "approved") made.push(limits(one, decide));
  if (one.state === "approved") made.push(suspension(one, decide));
  if (one.state === "suspended") made.push(plain("reinstate", one, () => decide("reinstatement", undefined, "reinstated")));
  made.push(plain("close", one, () => decide("closing", undefined, "closed"), "close-partner"));
  return made;
}

function numbers(one) {
  const rate = field(say("rate"), { inputmode: "numeric", class: "input input--short", value: one.rate });
  const quota = field(say("quota"), { inputmode: "numeric", class: "input input--short", value: one.quota });
  return { nodes: [rate.node, quota.node], read: () => ({ rate: Number(rate.input.value), quota: Number(quota.input.value) }) };
}

function approval(one, decide) {
  const wanted = numbers(one);
  return form(wanted.nodes, say(one.proposed && one.state !== "pending" ? "approve-changes" : "approve"), async () => {
    if (await sure(say("approve-title", one.name), say("approve-detail"), say("approve"), "")) await decide("approval", { ...wanted.read(), revision: one.revision }, "approved");
  }).node;
}

function limits(one, decide) {
  const wanted = numbers(one);
  return form(wanted.nodes, say("set-limits"), () => decide("approval", { ...wanted.read(), revision: one.revision }, "limits-set"), { kind: "button--quiet" }).node;
}

function refusal(decide) {
  const why = choice(say("refuse-why"), [["", say("choose-reason")], ...REFUSALS.map((code) => [code, say(`refusal.${code}`)])], { required: true });
  return form([why.node], say("refuse-partner"), () => decide("refusal", { why: why.input.value }, "refused-partner"), { kind: "button--danger" }).node;
}

function suspension(one, decide) {
  const why = choice(say("suspend-why"), [["", say("choose-reason")], ...SUSPENSIONS.map((code) => [code, say(`suspension.${code}`)])], { required: true });
  return form([why.node], say("suspend-partner"), async () => {
    if (await sure(say("suspend-title", one.name), say("suspend-detail"), say("suspend-partner"))) await decide("suspension", { why: why.input.value }, "suspended");
  }, { kind: "button--danger" }).node;
}

function plain(code, one, act, words = code) {
  const kind = code === "close" ? "button--danger" : "";
  return el("div", { class: "buttons" }, el("button", { class: `button ${kind}`, type: "button", click: async () => {
    if (await sure(say(`${code}-title`, one.name), say(`${code}-detail`), say(words))) await act();
  } }, say(words)));
}

/** What is proposed, member by member, beside what is in force; new questions first. */
function changes(one) {
  const [before, after] = [one.in_force, one.proposed];
  const ids = (said) => new Map(said.fields.map((each) => [each.id, each.title]));
  const [had, has] = [ids(before), ids(after)];
  const only = (first, second) => [...first].filter(([id]) => !second.has(id)).map(([, title]) => title).join(say("and"));
  const [added, dropped] = [only(has, had), only(had, has)];
  const members = Object.keys(after.metadata).filter((name) => told(after.metadata[name]) !== told(before.metadata[name]));
  const cell = (tag, text) => el("td", {}, el(tag, { class: "change" }, text || say("nothing")));
  return el("section", { class: "card card--wide", "aria-labelledby": "changes-title" }, el("h2", { id: "changes-title" }, say("what-changes")),
    added ? el("p", { class: "message message--fault" }, say("added-fields", added)) : null,
    dropped ? el("p", { class: "message message--good" }, say("dropped-fields", dropped)) : null,
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("what-changes") }, el("table", {},
      el("thead", {}, el("tr", {}, ["change-member", "change-before", "change-after"].map((code) => el("th", { scope: "col" }, say(code))))),
      el("tbody", {}, members.map((name) => el("tr", {}, el("th", { scope: "row" }, name), cell("del", told(before.metadata[name])), cell("ins", told(after.metadata[name]))))))));
}

/** A member's value as it may be read; what is empty is nothing. */
function told(value) {
  if (value === null || value === undefined || value === "") return "";
  if (Array.isArray(value)) return value.join("\n");
  if (typeof value === "object") return JSON.stringify(value, null, 1);
  return String(value).replaceAll(" ", "\n");
}

function whole(metadata) {
  const rows = Object.entries(metadata).filter(([, value]) => told(value));
  return el("details", { class: "card card--wide" }, el("summary", {}, say("in-force")),
    el("dl", { class: "facts" }, rows.map(([name, value]) => [el("dt", {}, name), el("dd", { class: "change" }, told(value))])));
}
