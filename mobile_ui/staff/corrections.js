// Corrections: what residents say is wrong, and a supervisor's decision with its reason.

import { choice, el, form, message, report } from "./dom.js";
import { ask } from "./http.js";
import { say, time } from "./words.js";

const ROOT = "/staff/corrections";
const REASONS = {
  made: ["corrected", "corrected-elsewhere"],
  declined: ["already-right", "register-first", "not-shown"],
};

export function corrections() {
  const list = el("div", { class: "sheets" });
  const told = message();
  const title = el("h1", { tabindex: "-1" }, say("corrections"));

  // Never by itself: every look at the list is told to the residents whose requests are in it.
  async function refresh() {
    try {
      const found = (await ask("GET", ROOT)).corrections;
      list.replaceChildren(...(found.length ? found.map(sheet) : [el("p", { class: "card empty" }, say("corrections-none"))]));
    } catch (problem) { report(told, problem); }
  }

  function sheet(one) {
    const options = Object.entries(REASONS).flatMap(([decision, reasons]) =>
      reasons.map((reason) => [`${decision} ${reason}`, `${say(`decision.${decision}`)} — ${say(`reason.${reason}`)}`]));
    const reason = choice(say("decision"), [["", say("choose-decision")], ...options], { required: true });
    const made = form([reason.node], say("decide"), async () => {
      const [decision, why] = reason.input.value.split(" ");
      await ask("POST", `${ROOT}/${one.id}/decide`, { decision, reason: why });
      told.show(say("decided"), say("decided-detail"), "good");
      await refresh();
      title.focus();
    });
    return el("section", { class: "card" },
      el("h2", {}, one.title),
      el("dl", { class: "facts" },
        el("dt", {}, say("resident")), el("dd", {}, `${one.name} · ${one.id_number}`),
        el("dt", {}, say("wanted")), el("dd", { class: "facts__words" }, one.wanted),
        el("dt", {}, say("asked-at")), el("dd", {}, time(one.created_at))),
      made.node);
  }

  refresh();
  return { node: el("div", {}, title, el("p", { class: "lead" }, say("corrections-lead")), told.node, list), first: title };
}
