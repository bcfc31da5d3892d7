// Enrolment: somebody of the house types the code that an operator has read to them.

import { el, trouble } from "./dom.js";
import { enrol as send } from "./line.js";
import { say } from "./words.js";

export function enrol() {
  const fault = trouble();
  const code = el("input", {
    class: "input input--code", id: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 14,
  });
  const act = el("button", { class: "button button--wide" }, say("enrol"));
  const form = el("form", { submit }, fault.node, el("label", { for: "code" }, say("enrol-code")), code, act);

  async function submit(event) {
    event.preventDefault();
    fault.clear();
    act.disabled = true;
    try {
      await send(code.value);
      location.reload();
    } catch (problem) {
      fault.show(problem);
      act.disabled = false;
      code.focus();
    }
  }

  return {
    title: say("enrol-title"),
    first: code,
    node: el("section", { class: "card" }, el("h1", {}, say("enrol-title")), el("p", { class: "lead" }, say("enrol-lead")), form),
  };
}

