// The form of a new account: who, in which roles, where and for which departments.

import { boxes, choice, el, field, form } from "./dom.js";
import { DOCUMENTS, ROLES, say } from "./words.js";

/** ``departments``: pairs of id and title; ``make`` sends what was filled in. */
export function newAccount(member, departments, make) {
  const login = field(say("login"), { autocomplete: "off", autocapitalize: "none", spellcheck: "false", required: true }, { hint: say("login-hint") });
  const name = field(say("name"), { autocomplete: "off", required: true });
  const region = field(say("region"), { inputmode: "numeric", maxlength: 6, value: member.region, class: "input input--short" }, { hint: say("region-hint") });
  const roles = boxes(say("roles"), ROLES.map((role) => [role, say(`role.${role}`), say(`role-does.${role}`)]), { columns: true });
  const theirs = boxes(say("departments"), departments, { hint: say("departments-hint"), columns: true });
  const kind = choice(say("own-document"), Object.entries(DOCUMENTS()));
  const number = field(say("document-number"), { autocomplete: "off", spellcheck: "false" }, { hint: say("own-document-hint") });
  const country = field(say("country"), { maxlength: 2, class: "input input--short" }, { hint: say("country-hint") });
  const foreign = () => { country.node.hidden = kind.input.value !== "passport"; };
  kind.input.addEventListener("change", foreign);
  foreign();
  const made = form([login.node, name.node, roles.node, region.node, theirs.node, kind.node, country.node, number.node], say("make-account"), async () => {
    const sent = { login: login.input.value, name: name.input.value, region: region.input.value.trim(), roles: roles.values(), departments: theirs.values() };
    if (!sent.roles.length) { made.told.show(say("choose-role")); roles.first.focus(); return; }
    if (number.input.value.trim()) {
      sent.document = { document_type: kind.input.value, id_number: number.input.value };
      if (!country.node.hidden) sent.document.country = country.input.value.trim();
    }
    await make(sent);
    for (const one of [login, name, number]) one.input.value = "";
    roles.clear();
    theirs.clear();
  });
  return made.node;
}
