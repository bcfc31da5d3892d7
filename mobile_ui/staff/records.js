// Records: one member of staff proposes a merge, a split or another name, a second one decides.

import { choice, el, field, form, message, report, sure } from "./dom.js";
import { ask } from "./http.js";
import { queue } from "./queue.js";
import { DOCUMENTS, say, time } from "./words.js";

const REFRESH = 10000;
const ROOT = "/staff/record-changes";
const BY_LETTERS = new Set(["passport"]);
const REASONS = {
  merge: ["one-person", "number-changed"],
  split: ["anothers-document", "added-by-mistake"],
  rename: ["name-changed", "name-mistyped"],
};
const PAPERS = { merge: ["stays", "goes"], split: ["leaves"], rename: ["shows"] };

export function records() {
  const work = el("section", { class: "card work", "aria-labelledby": "work-title" });
  const waiting = queue({ root: ROOT, name: "changes", every: REFRESH, line });
  const { fault, refresh } = waiting;
  const node = el("div", { class: "desk" }, work, waiting.node);

  function line(one) {
    const waits = one.mine ? "waits-for-colleague" : "waits-for-you";
    return el("li", { class: `request ${one.mine ? "" : "request--mine"}` },
      el("div", {},
        el("span", { class: `badge badge--${waits}` }, say(waits)),
        el("p", { class: "request__what" }, say(`change.${one.kind}`)),
        el("p", { class: "hint" }, `${say(`why.${one.reason}`)} · ${time(one.created_at)}`)),
      el("button", { class: `button button--small ${one.mine ? "button--quiet" : ""}`, type: "button", "data-id": one.id, click: () => look(one) }, say(one.mine ? "look" : "compare")));
  }

  function show(made) {
    work.replaceChildren(...made.content);
    made.first.focus();
  }

  function start(note = null) {
    const kind = choice(say("change-kind"), Object.keys(REASONS).map((code) => [code, say(`change.${code}`)]), { change: draft });
    const place = el("div", {});
    let read = null;
    function draft() {
      const code = kind.input.value;
      const papers = PAPERS[code].map((role) => paper(role));
      const name = code === "rename" ? field(say("new-name"), { autocomplete: "off", required: true }, { hint: say("name-hint") }) : null;
      const why = choice(say("why"), [["", say("choose-why")], ...REASONS[code].map((one) => [one, say(`why.${one}`)])], { required: true });
      place.replaceChildren(el("p", { class: "lead" }, say(`change-about.${code}`)), ...papers.map((one) => one.node), ...(name ? [name.node] : []), why.node);
      read = () => ({ kind: code, reason: why.input.value, documents: papers.map((one) => one.read()), ...(name ? { name: name.input.value } : {}) });
    }
    draft();
    const made = form([kind.node, place], say("propose"), async () => {
      await ask("POST", ROOT, read());
      show(start(good("proposed")));
      await refresh();
    });
    return { content: [el("h1", { id: "work-title" }, say("records")), note, made.node].filter(Boolean), first: kind.input };
  }

  /** The fields of one document; ``role``: what becomes of it. */
  function paper(role) {
    const kind = choice(say("document"), Object.entries(DOCUMENTS()));
    const country = field(say("country"), { maxlength: 2, autocapitalize: "characters", class: "input input--short" }, { hint: say("country-hint") });
    const number = field(say("document-number"), { class: "input input--number", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", required: true });
    const foreign = () => { country.node.hidden = !BY_LETTERS.has(kind.input.value); };
    kind.input.addEventListener("change", foreign);
    foreign();
    return {
      node: el("fieldset", { class: "field paper" }, el("legend", {}, say(`paper.${role}`)), kind.node, country.node, number.node),
      read: () => ({ document_type: kind.input.value, id_number: number.input.value, ...(country.node.hidden ? {} : { country: country.input.value.trim() }) }),
    };
  }

  async function look(one) {
    try {
      show(comparison(await ask("GET", `${ROOT}/${one.id}`)));
    } catch (problem) {
      report(fault, problem);
      await refresh();
    }
  }

  function comparison(one) {
    const told = message();
    const agree = el("button", { class: "button", type: "button", click: confirm }, say("confirm"));
    async function confirm() {
      agree.disabled = true;
      try {
        await ask("POST", `${ROOT}/${one.id}/confirm`);
        show(start(good("record-changed")));
        await refresh();
      } catch (problem) { report(told, problem); } finally { agree.disabled = false; }
    }
    const title = el("h1", { id: "work-title", tabindex: "-1" }, say(`change.${one.kind}`));
    const buttons = [one.mine ? null : agree, leaveButton(one),
      el("button", { class: "button button--quiet", type: "button", click: () => show(start()) }, say("back"))];
    return { content: [title, el("p", { class: "lead" }, say(one.mine ? "waits-for-colleague-lead" : "compare-lead")),
      el("p", { class: "hint device" }, say("change-until", say(`why.${one.reason}`), time(one.expires_at))),
      ...one.documents.map((paper, place) => facts(PAPERS[one.kind][place], paper, one.name)),
      told.node, el("div", { class: "buttons" }, buttons)], first: title };
  }

  function facts(role, paper, name) {
    const row = (label, value, kind) => (value ? [el("dt", {}, label), el("dd", { class: kind }, value)] : []);
    return el("section", {}, el("h2", {}, say(`paper.${role}`)), el("dl", { class: "facts" },
      row(say("document"), `${DOCUMENTS()[paper.document_type]}${paper.country && paper.country !== "CN" ? ` · ${paper.country}` : ""}`),
      row(say("document-number"), paper.id_number, "facts__number"),
      row(say("recorded-name"), paper.recorded_name),
      row(say("new-name"), name, "facts__name")));
  }

  function leaveButton(one) {
    const words = say(one.mine ? "take-back" : "refuse");
    return el("button", { class: "button button--danger", type: "button", click: async () => {
      if (!(await sure(say("change-refuse-title"), say("change-refuse-detail"), words))) return;
      try {
        await ask("POST", `${ROOT}/${one.id}/refuse`);
        show(start(good("change-refused")));
      } catch (problem) { report(fault, problem); }
      await refresh();
    } }, words);
  }

  function good(code) {
    return el("div", { class: "message message--good", role: "status" }, el("strong", {}, say(code)), el("span", {}, say(`${code}-detail`)));
  }

  const begun = start();
  work.append(...begun.content);
  refresh();
  return { node, first: begun.first, leave: waiting.leave };
}
