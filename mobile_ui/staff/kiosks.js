// Kiosks: codes to enrol one with, where each stands, suspension and its end.

import { choice, el, field, form, message, once, report, sure } from "./dom.js";
import { ask } from "./http.js";
import { say, time } from "./words.js";

const ROOT = "/staff/kiosks";
const REASONS = ["lost", "tampered", "broken", "moved", "retired"];

export function kiosks({ member }) {
  const title = el("h1", { tabindex: "-1" }, say("kiosks"));
  const rows = el("tbody", {});
  const told = message();
  const none = el("p", { class: "empty", hidden: true }, say("kiosks-none"));
  const table = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("kiosk-list") },
    el("table", {},
      el("thead", {}, el("tr", {}, ["site", "region", "client-state", "enrolled-at", "last-seen", "actions"].map((code) => el("th", { scope: "col" }, say(code))))),
      rows));

  async function refresh() {
    try {
      const found = (await ask("GET", ROOT)).kiosks;
      rows.replaceChildren(...found.map(row));
      none.hidden = Boolean(found.length);
      table.hidden = !found.length;
    } catch (problem) { report(told, problem); }
  }

  function row(one) {
    const state = one.suspended_at
      ? el("span", { class: "badge badge--suspended" }, `${say("state.suspended")} · ${say(`kiosk-why.${one.suspended_why}`)}`)
      : el("span", { class: "badge badge--active" }, say("working"));
    return el("tr", {},
      el("th", { scope: "row" }, one.site, el("span", { class: "hint cell-note" }, one.address)),
      el("td", {}, one.region), el("td", {}, state), el("td", {}, time(one.enrolled_at)),
      el("td", {}, one.last_seen_at ? time(one.last_seen_at) : say("never")),
      el("td", {}, one.suspended_at ? reinstatement(one) : suspension(one)));
  }

  function suspension(one) {
    const why = el("select", { class: "input input--small", "aria-label": `${say("reason")} ${one.site}` },
      [["", say("choose-reason")], ...REASONS.map((code) => [code, say(`kiosk-why.${code}`)])].map(([value, words]) => el("option", { value }, words)));
    return el("div", { class: "row-buttons" }, why,
      el("button", { class: "button button--small button--danger", type: "button", "aria-label": `${say("suspend-kiosk")} ${one.site}`, click: () => suspend(one, why) }, say("suspend-kiosk")));
  }

  async function suspend(one, why) {
    if (!why.value) { told.show(say("choose-reason")); why.focus(); return; }
    if (!(await sure(say("kiosk-suspend-title", one.site), say("kiosk-suspend-detail"), say("suspend-kiosk")))) return;
    await act(one, "suspension", { why: why.value });
  }

  function reinstatement(one) {
    return el("button", { class: "button button--small button--quiet", type: "button", "aria-label": `${say("reinstate")} ${one.site}`, click: async () => {
      if (await sure(say("kiosk-reinstate-title", one.site), say("kiosk-reinstate-detail"), say("reinstate"))) await act(one, "reinstatement");
    } }, say("reinstate"));
  }

  async function act(one, what, body) {
    told.clear();
    try {
      await ask("POST", `${ROOT}/${one.id}/${what}`, body);
      told.show(say(what === "suspension" ? "suspended" : "reinstated"), one.site, "good");
    } catch (problem) { report(told, problem); }
    await refresh();
    title.focus();
  }

  refresh();
  return {
    first: title,
    node: el("div", { class: "desk desk--accounts" },
      el("section", { class: "card" }, title, told.node, table, none),
      el("section", { class: "card", "aria-labelledby": "new-title" }, el("h2", { id: "new-title" }, say("new-kiosk")), el("p", { class: "hint" }, say("new-kiosk-lead")), newKiosk(member))),
  };
}

function newKiosk(member) {
  const site = field(say("site"), { maxlength: 80, autocomplete: "off", required: true }, { hint: say("site-hint") });
  const address = field(say("address"), { maxlength: 160, autocomplete: "off", required: true });
  const region = field(say("region"), { inputmode: "numeric", maxlength: 6, value: member.region, required: true, class: "input input--short" }, { hint: say("kiosk-region-hint") });
  const made = form([site.node, address.node, region.node], say("make-code"), async () => {
    const given = await ask("POST", `${ROOT}/codes`, { site: site.input.value.trim(), address: address.input.value.trim(), region: region.input.value.trim() });
    once(say("kiosk-code-title"), el("p", {}, say("kiosk-code-lead")), el("code", { class: "secret secret--large" }, given.code), el("p", { class: "hint" }, say("good-until", time(given.expires_at))));
    for (const one of [site, address]) one.input.value = "";
  });
  return made.node;
}
