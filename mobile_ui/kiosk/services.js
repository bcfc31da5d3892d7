// What is offered here, and the two ways in: equally large, whichever a visitor likes.

import { button, el, icon, trouble } from "./dom.js";
import { ask } from "./line.js";
import { say } from "./words.js";

export function services({ go, kiosk }) {
  const fault = trouble();
  const list = el("ul", { class: "services", "aria-busy": "true" });

  async function load() {
    try {
      const { services: found } = await ask("GET", "/v1/kiosks/services");
      list.replaceChildren(...found.map(one));
    } catch (problem) {
      if (problem.out) go("suspended", { problem });
      else fault.show(problem);
    }
    list.removeAttribute("aria-busy");
  }

  const one = (service) =>
    el("li", {}, el("button", { type: "button", class: "service", "data-service": service.id, click: () => go("ways", { service }) },
      icon(service.icon),
      el("span", { class: "service__words" }, el("b", {}, service.title), el("span", {}, service.summary)),
      el("span", { class: "service__office" }, service.department.title)));

  load();
  return {
    title: say("choose"),
    node: el("section", {}, el("h1", {}, say("choose")), el("p", { class: "lead" }, say("choose-lead")), fault.node, list,
      el("p", { class: "where" }, `${kiosk.site} · ${kiosk.address} · ${kiosk.client_id}`)),
  };
}

export function ways({ go, end, kiosk, service }) {
  const way = (to, picture) =>
    el("button", { type: "button", class: "way", "data-way": to, click: () => go(to, { service }) },
      icon(picture), el("b", {}, say(`way-${to}`)), el("span", {}, say(`way-${to}-detail`)));
  const offered = [way("phone", "device-mobile"), kiosk.card_reader ? way("card", "id") : null];
  return {
    title: service.title,
    node: el("section", {}, el("h1", {}, service.title), el("p", { class: "lead" }, say("ways-lead")),
      el("div", { class: "ways" }, offered), button(say("back"), end, { class: "button button--quiet" })),
  };
}
