// The window: a code becomes a request, a document is typed, and a second person confirms.

import { choice, el, field, form, message, report, sure } from "./dom.js";
import { ask } from "./http.js";
import { queue } from "./queue.js";
import { DOCUMENTS, say, time } from "./words.js";

const REFRESH = 5000;
const ROOT = "/staff/window-requests";
const BY_LETTERS = new Set(["passport"]);

export function desk({ member }) {
  const clerk = member.roles.includes("clerk");
  const work = el("section", { class: "card work", "aria-labelledby": "work-title" });
  const waiting = queue({ root: ROOT, name: "requests", every: REFRESH, line });
  const { fault, refresh } = waiting;
  const node = el("div", { class: "desk" }, work, waiting.node);

  function line(one) {
    const waits = one.mine ? (one.state === "checked" ? "waits-for-colleague" : "waits-for-document") : "waits-for-you";
    const act = one.state === "waiting"
      ? el("button", { class: "button button--small", type: "button", "data-id": one.id, click: () => show(documentOf(one)) }, say("go-on"))
      : el("button", { class: `button button--small ${one.mine ? "button--quiet" : ""}`, type: "button", "data-id": one.id, click: () => look(one) }, say(one.mine ? "look" : "compare"));
    return el("li", { class: `request ${one.mine ? "" : "request--mine"}` },
      el("div", {},
        el("span", { class: `badge badge--${waits}` }, say(waits)),
        el("p", { class: "request__what" }, one.document_type ? DOCUMENTS()[one.document_type] : say("no-document-yet")),
        el("p", { class: "hint" }, `${one.device || say("a-device")} · ${time(one.created_at)}`)),
      act);
  }

  function show(made) {
    work.replaceChildren(...made.content);
    (made.first ?? work).focus();
  }

  function start(note = null) {
    if (!clerk) {
      return { content: [el("h1", { id: "work-title" }, say("confirming")), note, el("p", { class: "lead" }, say("confirming-lead"))].filter(Boolean) };
    }
    const code = field(say("window-code"), { class: "input input--window", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 11, required: true, placeholder: "XXXX-XXXX" }, { hint: say("window-code-hint") });
    const made = form([code.node], say("take"), async () => {
      const one = await ask("POST", `${ROOT}/find`, { code: code.input.value });
      show(documentOf(one));
      await refresh();
    });
    return { content: [el("h1", { id: "work-title" }, say("window")), note, el("p", { class: "lead" }, say("window-lead")), made.node].filter(Boolean), first: code.input };
  }

  function documentOf(one) {
    const kind = choice(say("document"), Object.entries(DOCUMENTS()));
    const country = field(say("country"), { maxlength: 2, autocapitalize: "characters", class: "input input--short" }, { hint: say("country-hint") });
    const number = field(say("document-number"), { class: "input input--number", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", required: true });
    const name = field(say("name"), { autocomplete: "off", required: true }, { hint: say("name-hint") });
    const guardian = field(say("guardian-code"), { autocomplete: "off", maxlength: 16 }, { hint: say("guardian-hint") });
    const foreign = () => { country.node.hidden = !BY_LETTERS.has(kind.input.value); };
    kind.input.addEventListener("change", foreign);
    foreign();
    const told = message();
    const made = form([kind.node, country.node, number.node, name.node, guardian.node], say("submit-document"), async () => {
      const sent = { document_type: kind.input.value, id_number: number.input.value, name: name.input.value };
      if (!country.node.hidden) sent.country = country.input.value.trim();
      if (guardian.input.value.trim()) sent.guardian_code = guardian.input.value.trim();
      const { verdict } = await ask("POST", `${ROOT}/${one.id}/check`, sent);
      if (verdict === "match" || verdict === "not-asked") { show(start(good(`checked-${verdict}`))); await refresh(); return; }
      told.show(say(`verdict.${verdict}`), say("verdict-detail"));
    }, { told, extra: [leaveButton(one)] });
    return { content: [el("h1", { id: "work-title" }, say("document-title")), device(one), made.node], first: number.input };
  }

  async function look(one) {
    try {
      const opened = await ask("GET", `${ROOT}/${one.id}`);
      show(comparison(opened));
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
        show(start(good("confirmed")));
        await refresh();
      } catch (problem) { report(told, problem); } finally { agree.disabled = false; }
    }
    const facts = el("dl", { class: "facts" },
      el("dt", {}, say("document")), el("dd", {}, `${DOCUMENTS()[one.document_type]}${one.country && one.country !== "CN" ? ` · ${one.country}` : ""}`),
      el("dt", {}, say("name")), el("dd", { class: "facts__name" }, one.name),
      el("dt", {}, say("document-number")), el("dd", { class: "facts__number" }, one.id_number),
      el("dt", {}, say("register")), el("dd", {}, say(`register.${one.verdict}`)));
    const title = el("h1", { id: "work-title", tabindex: "-1" }, say(one.mine ? "look" : "compare-title"));
    const buttons = one.mine ? [leaveButton(one), again()] : [agree, leaveButton(one), again()];
    return { content: [title, el("p", { class: "lead" }, say(one.mine ? "waits-for-colleague-lead" : "compare-lead")), device(one), facts, told.node, el("div", { class: "buttons" }, buttons)], first: title };
  }

  const again = () => el("button", { class: "button button--quiet", type: "button", click: () => show(start()) }, say("back"));
  const device = (one) => el("p", { class: "hint device" }, say("on-device", one.device || say("a-device"), time(one.expires_at)));

  function leaveButton(one) {
    return el("button", { class: "button button--danger", type: "button", click: async () => {
      if (!(await sure(say("refuse-title"), say("refuse-detail"), say("refuse")))) return;
      try {
        await ask("POST", `${ROOT}/${one.id}/refuse`);
        show(start(good("refused")));
      } catch (problem) { report(fault, problem); }
      await refresh();
    } }, say("refuse"));
  }

  function good(code) {
    return el("div", { class: "message message--good", role: "status" }, el("strong", {}, say(code)), el("span", {}, say(`${code}-detail`)));
  }

  const begun = start();
  work.append(...begun.content);
  refresh();
  return { node, first: begun.first, leave: waiting.leave };
}
