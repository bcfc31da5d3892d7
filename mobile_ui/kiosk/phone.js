// Letting the kiosk in by telephone: a QR code for a minute, then the number the telephone shows.

import { announce, button, el, icon, trouble } from "./dom.js";
import * as idle from "./idle.js";
import { form } from "./line.js";
import { say } from "./words.js";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const DIGITS = 4;
const PATIENCE = 150; // seconds untouched: visitors hold their telephone meanwhile

export function phone({ go, begun, service }) {
  const fault = trouble();
  const picture = el("img", { class: "qr", alt: say("qr"), width: 520, height: 520 });
  const code = el("p", { class: "usercode" });
  const clock = el("p", { class: "clock", "aria-hidden": "true" });
  const scan = el("div", { class: "scan" }, picture, clock, el("p", { class: "hint" }, say("type-instead")), code);
  const number = el("input", { class: "input input--number", id: "number", inputmode: "numeric", autocomplete: "off", maxlength: DIGITS, input: typed });
  const type = el("div", { class: "typing", hidden: true }, icon("device-mobile"), el("h2", {}, say("confirm-there")),
    el("label", { for: "number" }, say("number")), number, keypad());
  let wait = { code: "", interval: 2, until: 0 };
  let timers = [];
  let gone = false;
  let busy = false;

  async function show() {
    stop();
    fault.clear();
    scan.hidden = false;
    type.hidden = true;
    try {
      const made = await form("/oauth/device_authorization", { scope: service.scope });
      if (gone) return;
      picture.src = made.qr;
      code.textContent = made.user_code;
      wait = { code: made.device_code, interval: made.interval, until: Date.now() + made.qr_expires_in * 1000, claimed: false };
      timers = [setInterval(count, 250), setTimeout(poll, made.interval * 1000)];
      count();
    } catch (problem) {
      if (problem.out) go("suspended", { problem });
      else trial(problem);
    }
  }

  function count() {
    const left = Math.max(0, Math.ceil((wait.until - Date.now()) / 1000));
    clock.textContent = say("qr-left", left);
    if (left === 0 && !wait.claimed) show(); // nobody scanned it: another one
  }

  async function poll() {
    const asked = wait;
    const said = await token({});
    if (gone || asked !== wait || !said) return;
    if (said.code === "slow_down") wait.interval += 5;
    else if (said.code !== "authorization_pending" && !said.passing) return over(said);
    if (["claimed", "allowed"].includes(said.headers.get("handoff-state")) && !wait.claimed) claimed();
    timers.push(setTimeout(poll, wait.interval * 1000));
    return undefined;
  }

  /** A telephone has it: the picture goes, the number comes. */
  function claimed() {
    wait.claimed = true;
    idle.touch();
    scan.hidden = true;
    type.hidden = false;
    number.focus();
    announce(say("confirm-there"));
  }

  function typed() {
    number.value = number.value.replace(/\D/g, "").slice(0, DIGITS);
    if (number.value.length === DIGITS) confirm();
  }

  async function confirm() {
    if (busy) return;
    busy = true;
    fault.clear();
    const said = await token({ confirmation: number.value });
    busy = false;
    if (gone || !said) return;
    number.value = "";
    number.focus();
    const state = said.headers.get("handoff-state");
    if (said.code === "slow_down") wait.interval += 5;
    if (said.passing) fault.show(said);
    else if (!["authorization_pending", "slow_down"].includes(said.code)) over(said);
    else if (state === "wrong-number") fault.show({ title: say("wrong-number"), detail: say("tries-left", said.headers.get("handoff-tries")) });
    else fault.show({ title: say("not-yet"), detail: say("not-yet-detail") });
  }

  /** What is said instead of a token; null when a visit has begun. */
  async function token(more) {
    try {
      const issued = await form("/oauth/token", { grant_type: GRANT, device_code: wait.code, ...more });
      if (!gone) begun(issued, service);
      return null;
    } catch (problem) {
      return problem;
    }
  }

  function over(problem) {
    if (problem.out) return go("suspended", { problem });
    if (problem.code === "expired_token" && !wait.claimed) return show();
    const denied = problem.code === "access_denied";
    return trial(denied ? { title: say("refused"), detail: say("refused-detail") } : { title: say("too-late"), detail: say("too-late-detail") });
  }

  function trial(problem) {
    stop();
    scan.hidden = type.hidden = true;
    fault.show(problem);
    again.hidden = false;
  }

  function keypad() {
    const press = (digit) => () => { number.value += digit; typed(); };
    const keys = [..."123456789"].map((digit) => button(digit, press(digit), { class: "key" }));
    return el("div", { class: "keypad" }, keys,
      button(say("erase"), () => { number.value = number.value.slice(0, -1); }, { class: "key key--words" }), button("0", press("0"), { class: "key" }));
  }

  function stop() {
    for (const timer of timers) { clearInterval(timer); clearTimeout(timer); }
    timers = [];
  }

  const again = button(say("try-again"), () => { again.hidden = true; show(); }, { class: "button button--wide", hidden: true });
  const steps = el("ol", { class: "steps" }, [1, 2, 3].map((step) => el("li", {}, say(`phone-${step}`))));
  show();
  return {
    title: say("way-phone"),
    idle: PATIENCE,
    leave() { gone = true; stop(); },
    node: el("section", {}, el("h1", {}, say("way-phone")), el("p", { class: "lead" }, service.title), fault.node, steps, scan, type, again),
  };
}
