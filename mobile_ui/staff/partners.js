// Partners: who may ask residents to sign in, what waits for a decision, and invitations.

import { choice, el, form, message, once, report } from "./dom.js";
import { ask } from "./http.js";
import { partner } from "./partner.js";
import { say, time } from "./words.js";

const ROOT = "/staff/partners";

export function partners() {
  const node = el("div", {});
  const title = el("h1", { tabindex: "-1" }, say("partners"));
  const rows = el("tbody", {});
  const told = message();
  const none = el("p", { class: "empty", hidden: true }, say("partners-none"));
  const table = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("partner-list") },
    el("table", {},
      el("thead", {}, el("tr", {}, ["partner", "organisation", "environment", "client-state", "asked-since", "actions"].map((code) => el("th", { scope: "col" }, say(code))))),
      rows));
  const list = el("div", { class: "desk desk--accounts" },
    el("section", { class: "card" }, title, el("p", { class: "lead" }, say("partners-lead")), told.node, table, none),
    el("section", { class: "card", "aria-labelledby": "invite-title" }, el("h2", { id: "invite-title" }, say("invite")), el("p", { class: "hint" }, say("invite-lead")), invitation()));

  async function refresh() {
    try {
      const found = (await ask("GET", ROOT)).partners;
      rows.replaceChildren(...found.map(row));
      none.hidden = Boolean(found.length);
      table.hidden = !found.length;
    } catch (problem) { report(told, problem); }
  }

  function row(one) {
    const state = one.waits && one.state !== "pending" ? "waits" : one.state;
    return el("tr", {},
      el("th", { scope: "row" }, one.name, el("span", { class: "hint cell-note" }, say(`client.${one.kind}`))),
      el("td", {}, one.organisation),
      el("td", {}, say(`environment.${one.environment}`)),
      el("td", {}, el("span", { class: `badge badge--${state}` }, say(`state.${state}`))),
      el("td", {}, time(one.created_at)),
      el("td", {}, el("button", { class: "button button--small button--quiet", type: "button", "data-id": one.id, "aria-label": `${say("open")} ${one.name}`, click: () => look(one.id) }, say("open"))));
  }

  async function look(id) {
    told.clear();
    try {
      const page = partner(await ask("GET", `${ROOT}/${id}`), { again: () => look(id), back });
      node.replaceChildren(page.node);
      page.first.focus();
      return page;
    } catch (problem) { report(told, problem); return null; }
  }

  async function back() {
    node.replaceChildren(list);
    await refresh();
    title.focus();
  }

  node.append(list);
  refresh();
  return { node, first: title };
}

function invitation() {
  const kind = choice(say("client-kind"), ["partner", "department"].map((code) => [code, say(`client.${code}`)]));
  const environment = choice(say("environment"), ["sandbox", "production"].map((code) => [code, say(`environment.${code}`)]));
  return form([kind.node, environment.node], say("make-invitation"), async () => {
    const made = await ask("POST", "/staff/invitations", { kind: kind.input.value, environment: environment.input.value });
    once(say("invitation-title"),
      el("p", {}, say("invitation-lead")), el("p", {}, el("code", { class: "secret" }, made.register_at)),
      el("code", { class: "secret secret--large" }, made.token),
      el("p", { class: "hint" }, say("good-until", time(made.expires_at))));
  }).node;
}
