// Signing in here: agree, lay the card, show the face. The other way stays one touch away.

import { announce, button, el, icon, trouble } from "./dom.js";
import { beep, Camera } from "./camera.js";
import * as idle from "./idle.js";
import { ask, plain } from "./line.js";
import { say } from "./words.js";

const CONSENT = "identity-verification";
const AUTOMATIC = 2500; // ms from the words of a movement to its picture
const device = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export function card({ go, begun, kiosk, service }) {
  const fault = trouble();
  const stage = el("div", { class: "stage" });
  const other = button(say("use-phone"), () => go("phone", { service }), { class: "button button--quiet" });
  const camera = new Camera();
  let gone = false;
  let agreed = null;
  let timer = null;
  let byHand = false;

  async function askConsent() {
    try {
      agreed = await plain(`/v1/consents/${CONSENT}`);
      stage.replaceChildren(el("p", { class: "consent" }, agreed.text), button(say("agree"), laid, { class: "button button--wide", id: "agree" }));
    } catch (problem) {
      fault.show(problem);
    }
  }

  function laid() {
    camera.close();
    stage.replaceChildren(icon("id"), el("h2", {}, say("lay-card")), el("p", { class: "hint" }, say("lay-card-detail")),
      button(say("card-lies"), read, { class: "button button--wide", id: "card-lies" }),
      button(say("by-hand"), turn, { class: "button button--quiet", id: "by-hand", "aria-pressed": String(byHand) }));
    announce(say("lay-card"));
  }

  /** Whoever needs longer presses the shutter themselves. */
  function turn(event) {
    byHand = !byHand;
    event.currentTarget.setAttribute("aria-pressed", String(byHand));
  }

  async function read() {
    fault.clear();
    try {
      const { nonce } = await ask("POST", "/v1/kiosks/readings");
      await face(await statement(nonce));
    } catch (problem) {
      if (gone) return;
      laid();
      fault.show(problem);
    }
  }

  /** Asked of the reader's own service beside this page, not of our server. */
  async function statement(nonce) {
    const answer = await fetch(`${kiosk.card_reader}/${kiosk.client_id}/readings`, {
      method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ nonce }),
    }).catch(() => null);
    if (!answer?.ok) throw { title: say("no-card"), detail: say("lay-card-detail") };
    return (await answer.json()).statement;
  }

  async function face(signed) {
    await camera.open();
    const own = device();
    const challenge = await plain("/v1/challenges", "POST", { device: own });
    const frames = [];
    for (const step of challenge.steps) {
      if (gone) return;
      frames.push(await taken(step, frames.length, challenge.steps.length));
    }
    stage.replaceChildren(el("p", { class: "lead" }, say("checking")));
    camera.close();
    const sent = { service: service.id, statement: signed, challenge: challenge.id, device: own, frames, consent: { purpose: agreed.purpose, version: agreed.version } };
    begun(await ask("POST", "/v1/kiosks/visits", sent), service);
  }

  /** One picture: by itself after a while, or when the button is pressed. */
  function taken({ prompt, pose }, at, count) {
    idle.touch();
    const words = say(`pose-${prompt}-${pose}`);
    announce(words);
    return new Promise((resolve) => {
      const shoot = () => {
        clearTimeout(timer);
        beep();
        resolve({ prompt, image: camera.picture() });
      };
      const shutter = button(say("take"), shoot, { class: "button button--wide", id: "shutter" });
      stage.replaceChildren(camera.view, el("p", { class: "face__words", "data-pose": pose }, words),
        el("p", { class: "hint" }, say("step", at + 1, count)), shutter);
      if (!byHand) timer = setTimeout(shoot, AUTOMATIC);
    });
  }

  askConsent();
  return {
    title: say("way-card"),
    leave() { gone = true; clearTimeout(timer); camera.close(); },
    node: el("section", {}, el("h1", {}, say("way-card")), el("p", { class: "lead" }, service.title), fault.node, stage, other),
  };
}
