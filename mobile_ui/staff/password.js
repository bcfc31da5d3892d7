// One's own password.

import { el, field, form, message } from "./dom.js";
import { ask } from "./http.js";
import { say } from "./words.js";

export function password({ member }) {
  const present = field(say("present-password"), { type: "password", autocomplete: "current-password", required: true });
  const wanted = field(say("own-password"), { type: "password", autocomplete: "new-password", required: true }, { hint: say("password-hint") });
  const again = field(say("again"), { type: "password", autocomplete: "new-password", required: true });
  const told = message();
  const made = form([present.node, wanted.node, again.node], say("change"), async () => {
    if (wanted.input.value !== again.input.value) { told.show(say("not-same")); again.input.focus(); return; }
    await ask("POST", `/staff/accounts/${member.id}/password`, { present: present.input.value, wanted: wanted.input.value });
    for (const one of [present, wanted, again]) one.input.value = "";
    told.show(say("changed"), say("changed-detail"), "good");
  }, { told });
  return { node: el("section", { class: "card" }, el("h1", {}, say("password")), made.node), first: present.input };
}
