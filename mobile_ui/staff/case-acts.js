// What may be done with a case now: one thing at a time, each with its own form.

import { boxes, choice, el, field, form, report, sure } from "./dom.js";
import { ask } from "./http.js";
import { say } from "./words.js";

/** ``again`` reads the case anew and says what was done. */
export function acts(found, { member, number, told, again }) {
  const root = `/staff/cases/${number}`;
  const lead = member.roles.includes("case-lead");
  const runs = !["approved", "refused", "withdrawn", "collected"].includes(found.case.state);
  const waits = ["staff", "lead"].includes(found.waits_for);
  const may = [...found.may, ...(lead && (runs || waits) ? ["assign"] : [])];
  const place = el("div", {});
  if (!may.length) return el("section", { class: "card" }, el("h2", {}, say("act")), el("p", { class: "empty" }, say("nothing-to-do")));
  const FORMS = { accept, supplement, approve: decide, refuse: decide, again: askAgain, escalate, release, assign, take };
  const chosen = choice(say("act-choose"), may.map((code) => [code, say(`act.${code}`)]), { change: draw });

  function draw() {
    const code = chosen.input.value;
    place.replaceChildren(FORMS[code](code));
  }

  const sent = (path, body, done, leaves = false) => async () => {
    await ask("POST", `${root}/${path}`, { version: found.version, ...body() });
    if (leaves) location.hash = "#/cases";
    else await again(done);
  };

  /** After a decision the case is nobody's any more: its page says what became of it. */
  async function settled(done) {
    told.show(say(done), say("settled-detail"), "good");
    place.replaceChildren(el("a", { class: "button", href: "#/cases" }, say("back-to-cases")));
    chosen.node.hidden = true;
    told.node.scrollIntoView({ block: "center" });
    told.node.tabIndex = -1;
    told.node.focus();
  }

  const words = (code, required = false) => field(say(code), {}, { control: el("textarea", { class: "input", rows: 4, maxlength: 1000, required }), hint: say("words-hint") });

  function accept() {
    const said = words("words-for-case");
    return form([said.node], say("act.accept"), sent("acceptance", () => ({ words: said.input.value }), "accepted")).node;
  }

  function supplement() {
    const wanted = boxes(say("wanted-materials"), found.materials.map((one) => [one.code, one.title]));
    const fields = boxes(say("wanted-fields"), found.fields.map((one) => [one.code, one.title]));
    wanted.node.hidden = !found.materials.length;
    fields.node.hidden = !found.fields.length;
    const said = words("words-for-resident", true);
    const made = form([wanted.node, fields.node, said.node], say("act.supplement"), async () => {
      const codes = [...wanted.values(), ...fields.values()];
      if (!codes.length) { made.told.show(say("choose-wanted")); wanted.first?.focus(); return; }
      await ask("POST", `${root}/supplement`, { version: found.version, wanted: codes, words: said.input.value });
      await settled("supplement-asked");
    });
    return made.node;
  }

  function decide(outcome) {
    const reasons = boxes(say("reasons"), found.reasons.map((one) => [one.code, one.title]), { hint: say(`reasons-hint.${outcome}`) });
    const said = words("words-for-resident");
    const made = form([reasons.node, said.node], say(`act.${outcome}`), async () => {
      const codes = reasons.values();
      if (outcome === "refuse" && !codes.length) { made.told.show(say("choose-why-refused")); reasons.first?.focus(); return; }
      if (!(await sure(say(`sure.${outcome}`), say("sure-detail"), say(`act.${outcome}`), outcome === "refuse" ? "button--danger" : ""))) return;
      await ask("POST", `${root}/decision`, { version: found.version, outcome, reasons: codes, words: said.input.value });
      await settled(outcome === "approve" ? "case-approved" : "case-refused");
    }, { kind: outcome === "refuse" ? "button--danger" : "" });
    return made.node;
  }

  function askAgain() {
    return form([el("p", { class: "hint" }, say("again-hint"))], say("act.again"), sent("repetition", () => ({}), "asked-again")).node;
  }

  function escalate() {
    const said = words("words-for-lead", true);
    return form([said.node], say("act.escalate"), sent("escalation", () => ({ words: said.input.value }), "", true)).node;
  }

  function release() {
    return form([el("p", { class: "hint" }, say("release-hint"))], say("act.release"), async () => {
      await ask("POST", `${root}/release`);
      location.hash = "#/cases";
    }, { kind: "button--quiet" }).node;
  }

  function take() {
    return form([el("p", { class: "hint" }, say("take-hint"))], say("act.take"), async () => {
      await ask("POST", `${root}/taking`);
      await again("case-taken");
    }).node;
  }

  function assign() {
    const list = choice(say("colleague"), [["", say("choose-why")]], { required: true });
    ask("GET", `${root}/colleagues`).then(({ colleagues }) => {
      list.input.append(...colleagues.map((one) => el("option", { value: one.id }, `${one.name}（${one.login}）`)));
    }).catch((problem) => report(told, problem));
    return form([list.node], say("act.assign"), async () => {
      await ask("POST", `${root}/assignment`, { colleague: list.input.value });
      await again("assigned");
    }).node;
  }

  draw();
  return el("section", { class: "card", "aria-labelledby": "act-title" }, el("h2", { id: "act-title" }, say("act")), chosen.node, place);
}
