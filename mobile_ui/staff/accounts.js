// Accounts: who works here, for which departments, and how somebody new begins.

import { newAccount } from "./account-new.js";
import { boxes, el, form, message, once, overlay, report, sure } from "./dom.js";
import { ask } from "./http.js";
import { say, time } from "./words.js";

const ROOT = "/staff/accounts";

export function accounts({ member }) {
  const rows = el("tbody", {});
  const told = message();
  const choosing = el("div", {});
  let departments = [];
  const table = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("account-list") },
    el("table", {},
      el("thead", {}, el("tr", {}, ["login", "name", "roles", "region", "departments", "account-state", "actions"].map((code) => el("th", { scope: "col" }, say(code))))),
      rows));

  async function refresh() {
    try {
      const found = await ask("GET", ROOT);
      departments = found.departments.map((one) => [one.id, one.title]);
      rows.replaceChildren(...found.accounts.map(row));
      if (!choosing.children.length) begin();
    } catch (problem) { report(told, problem); }
  }

  function begin() {
    const made = newAccount(member, departments, async (sent) => { hand(await ask("POST", ROOT, sent)); await refresh(); });
    choosing.replaceChildren(made);
  }

  const titles = (ids) => ids.map((id) => departments.find(([known]) => known === id)?.[1] ?? id).join(say("and"));

  function row(one) {
    const state = one.disabled ? "disabled" : one.enrolled ? "active" : "not-enrolled";
    const own = one.id === member.id;
    const act = (code, kind, doing) => el("button", { class: `button button--small ${kind}`, type: "button", "aria-label": `${say(code)} ${one.login}`, click: doing }, say(code));
    const acts = own || one.disabled ? el("span", { class: "hint" }, own ? say("yourself") : "—") : el("div", { class: "row-buttons" },
      act("departments", "button--quiet", () => choose(one)), act("reset", "button--quiet", () => reset(one)), act("disable", "button--danger", () => disable(one)));
    return el("tr", {},
      el("th", { scope: "row" }, one.login), el("td", {}, one.name),
      el("td", {}, one.roles.map((role) => say(`role.${role}`)).join(say("and"))),
      el("td", {}, one.region || say("everywhere")),
      el("td", {}, titles(one.departments) || el("span", { class: "hint" }, say("no-departments"))),
      el("td", {}, el("span", { class: `badge badge--${state}` }, say(state))),
      el("td", {}, acts));
  }

  function choose(one) {
    const chosen = boxes(say("departments"), departments, { chosen: one.departments, hint: say("departments-hint") });
    const made = form([chosen.node], say("save"), async () => {
      await ask("PUT", `${ROOT}/${one.id}/departments`, { departments: chosen.values() });
      dialog.close();
      await refresh();
      told.show(say("departments-given"), say("departments-given-detail"), "good");
    }, { extra: [el("button", { class: "button button--quiet", type: "button", click: () => dialog.close() }, say("cancel"))] });
    const dialog = overlay(say("departments-of", one.login), made.node);
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

  refresh();
  return {
    node: el("div", { class: "column" },
      el("section", { class: "card" }, el("h1", {}, say("accounts")), told.node, table),
      el("section", { class: "card card--form", "aria-labelledby": "new-title" }, el("h2", { id: "new-title" }, say("new-account")), choosing)),
  };
}

function hand(handed) {
  once(say("one-time-title"),
    el("p", {}, say("one-time-lead", handed.login)),
    el("code", { class: "secret secret--large" }, handed.one_time_password),
    el("p", { class: "hint" }, say("one-time-until", time(handed.until))));
}
