// The door: two factors to come in, and the first visit, on which one sets them up.

import { el, field, form, message } from "./dom.js";
import { ask } from "./http.js";
import { say } from "./words.js";

const CODE = { inputmode: "numeric", autocomplete: "one-time-code", maxlength: 6, required: true, class: "input input--code" };

function sheet(title, lead, ...content) {
  return el("section", { class: "card card--door" }, el("h1", {}, title), lead ? el("p", { class: "lead" }, lead) : null, content);
}

export function signIn({ signedIn }) {
  const login = field(say("login"), { autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true });
  const password = field(say("password-word"), { type: "password", autocomplete: "current-password", required: true });
  const code = field(say("code"), CODE, { hint: say("code-hint") });
  const made = form([login.node, password.node, code.node], say("sign-in"), async () => {
    try {
      const sent = { login: login.input.value.trim(), password: password.input.value, code: code.input.value.replace(/\s/g, "") };
      signedIn(await ask("POST", "/staff/sessions", sent));
    } finally {
      code.input.value = "";
    }
  });
  const first = el("p", { class: "aside" }, el("a", { href: "#/enrol" }, say("first-time")));
  return { node: sheet(say("sign-in"), say("sign-in-lead"), made.node, first), first: login.input };
}

export function enrol() {
  const login = field(say("login"), { autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true });
  const oneTime = field(say("one-time"), { autocomplete: "off", autocapitalize: "none", spellcheck: "false", required: true });
  const place = el("div", {});
  const given = () => ({ login: login.input.value.trim(), one_time_password: oneTime.input.value.trim() });
  const made = form([login.node, oneTime.node], say("next"), async () => {
    const shown = await ask("POST", "/staff/enrolments", given());
    const second = setUp(shown, given());
    place.replaceChildren(second.node);
    second.first.focus();
  });
  place.append(made.node, el("p", { class: "aside" }, el("a", { href: "#/sign-in" }, say("back-to-sign-in"))));
  return { node: sheet(say("enrol"), say("enrol-lead"), place), first: login.input };
}

function setUp(shown, given) {
  const picture = el("img", { class: "qr", src: shown.picture, alt: say("qr"), width: 205, height: 205 });
  const secret = el("code", { class: "secret" }, shown.secret.match(/.{1,4}/g).join(" "));
  const password = field(say("own-password"), { type: "password", autocomplete: "new-password", required: true }, { hint: say("password-hint") });
  const again = field(say("again"), { type: "password", autocomplete: "new-password", required: true });
  const code = field(say("code"), CODE);
  const told = message();
  const made = form([password.node, again.node, code.node], say("finish"), async () => {
    if (password.input.value !== again.input.value) { told.show(say("not-same")); again.input.focus(); return; }
    await ask("POST", "/staff/enrolments/completion", { ...given, password: password.input.value, code: code.input.value.replace(/\s/g, "") });
    const link = el("a", { class: "button", href: "#/sign-in" }, say("sign-in"));
    node.replaceChildren(el("p", { class: "message message--good", role: "status" }, say("enrolled")), el("div", { class: "buttons" }, link));
    link.focus();
  }, { told });
  const node = el("div", {},
    el("ol", { class: "steps" },
      el("li", {}, el("p", {}, say("scan")), picture, el("p", { class: "hint" }, say("or-type")), secret),
      el("li", {}, el("p", {}, say("choose")), made.node)));
  return { node, first: password.input };
}
