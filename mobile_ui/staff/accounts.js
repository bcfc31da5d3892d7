// Accounts: who works here, and how somebody new begins.

import { choice, el, field, form, message, once, report, sure } from "./dom.js";
import { ask } from "./http.js";
import { DOCUMENTS, ROLES, say, time } from "./words.js";

const ROOT = "/staff/accounts";

export function accounts({ member }) {
  const rows = el("tbody", {});
  const told = message();
  const table = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("account-list") },
    el("table", {},
      el("thead", {}, el("tr", {}, ["login", "name", "roles", "region", "account-state", "actions"].map((code) => el("th", { scope: "col" }, say(code))))),
      rows));

  async function refresh() {
    try {
      rows.replaceChildren(...(await ask("GET", ROOT)).accounts.map(row));
    } catch (problem) { report(told, problem); }
  }

  function row(one) {
    const state = one.disabled ? "disabled" : one.enrolled ? "active" : "not-enrolled";
    const own = one.id === member.id;
    const acts = own || one.disabled ? el("span", { class: "hint" }, own ? say("yourself") : "—") : el("div", { class: "row-buttons" },
      el("button", { class: "button button--small button--quiet", type: "button", "aria-label": `${say("reset")} ${one.login}`, click: () => reset(one) }, say("reset")),
      el("button", { class: "button button--small button--danger", type: "button", "aria-label": `${say("disable")} ${one.login}`, click: () => disable(one) }, say("disable")));
    return el("tr", {},
      el("th", { scope: "row" }, one.login), el("td", {}, one.name),
      el("td", {}, one.roles.map((role) => say(`role.${role}`)).join(say("and"))),
      el("td", {}, one.region || say("everywhere")),
      el("td", {}, el("span", { class: `badge badge--${state}` }, say(state))),
      el("td", {}, acts));
  }

  async function disable(one) {
    if (!(await sure(say("disable-title", one.login), say("disable-detail"), say("disable")))) return;
    await act(() => ask("POST", `${ROOT}/${one.id}/disable`));
  }

  async function reset(one) {
    if (!(await sure(say("reset-title", one.login), say("reset-detail"), say("reset")))) return;
    await act(async () => hand(await ask("POST", `${ROOT}/${one.id}/reset`)));
  }

  async function act(doing) {
    told.clear();
    try { await doing(); } catch (problem) { report(told, problem); }
    await refresh();
  }

  const made = newAccount(member, async (handed) => { hand(handed); await refresh(); });
  refresh();
  return {
    node: el("div", { class: "desk desk--accounts" },
      el("section", { class: "card" }, el("h1", {}, say("accounts")), told.node, table),
      el("section", { class: "card", "aria-labelledby": "new-title" }, el("h2", { id: "new-title" }, say("new-account")), made)),
  };
}

function hand(handed) {
  once(say("one-time-title"),
    el("p", {}, say("one-time-lead", handed.login)),
    el("code", { class: "secret secret--large" }, handed.one_time_password),
    el("p", { class: "hint" }, say("one-time-until", time(handed.until))));
}

function newAccount(member, done) {
  const login = field(say("login"), { autocomplete: "off", autocapitalize: "none", spellcheck: "false", required: true }, { hint: say("login-hint") });
  const name = field(say("name"), { autocomplete: "off", required: true });
  const region = field(say("region"), { inputmode: "numeric", maxlength: 6, value: member.region, class: "input input--short" }, { hint: say("region-hint") });
  const boxes = ROLES.map((role) => el("input", { type: "checkbox", value: role, id: `role-${role}` }));
  const roles = el("fieldset", { class: "field" }, el("legend", {}, say("roles")), boxes.map((box) =>
    el("label", { class: "check", for: box.id }, box, el("span", {}, el("b", {}, say(`role.${box.value}`)), el("span", { class: "hint" }, say(`role-does.${box.value}`))))));
  const kind = choice(say("own-document"), Object.entries(DOCUMENTS()));
  const number = field(say("document-number"), { autocomplete: "off", spellcheck: "false" }, { hint: say("own-document-hint") });
  const country = field(say("country"), { maxlength: 2, class: "input input--short" }, { hint: say("country-hint") });
  const foreign = () => { country.node.hidden = kind.input.value !== "passport"; };
  kind.input.addEventListener("change", foreign);
  foreign();
  const made = form([login.node, name.node, roles, region.node, kind.node, country.node, number.node], say("make-account"), async () => {
    const sent = { login: login.input.value, name: name.input.value, region: region.input.value.trim(), roles: boxes.filter((box) => box.checked).map((box) => box.value) };
    if (!sent.roles.length) { made.told.show(say("choose-role")); boxes[0].focus(); return; }
    if (number.input.value.trim()) {
      sent.document = { document_type: kind.input.value, id_number: number.input.value };
      if (!country.node.hidden) sent.document.country = country.input.value.trim();
    }
    await done(await ask("POST", ROOT, sent));
    for (const one of [login, name, number]) one.input.value = "";
    for (const box of boxes) box.checked = false;
  });
  return made.node;
}
