// What the verify page knows of the ways: their steps, their consents, and where a refusal leads.

const STEPS = {
  face: ["choose", "consent", "person", "proof"],
  "network-identity": ["choose", "consent", "person", "proof"],
  window: ["choose", "consent", "proof"],
  "bank-card": ["choose", "consent", "person", "proof"],
};
const ICONS = { face: "face-id", "network-identity": "world-check", window: "building-community", "bank-card": "credit-card", passkey: "fingerprint" };
const PURPOSES = {
  face: "identity-verification", "network-identity": "network-identity",
  window: "window-verification", "bank-card": "bank-card-check",
};

// Proofs strong enough to lift a freeze, and asked for with the rest of what is sent.
const LIFTING = ["face", "network-identity"];

const ABOUT_PERSON = /^(id-number-|name-invalid|document-|guardian-)/;
const ABOUT_CONSENT = /^consent-/;
// The same way once more would not help.
const NO_RETRY = ["try-budget-spent", "try-too-soon", "too-many-from-address", "another-resident", "resident-closed"];
const HOME_ONLY = ["another-resident", "merge-impossible"];

/** Those of the server's ways that this page can walk, and that were asked for. WeChat opens no
 * foreign pages, so there the network identity cannot be reached. */
function usable(ways, { wanted, passkeys, browser }) {
  const walked = (id) => (id === "passkey" ? passkeys : id in STEPS && (browser || id !== "network-identity"));
  return ways.filter(({ id }) => walked(id) && (!wanted || wanted.includes(id)));
}

/** Every refusal leads somewhere: what can put it right first, then another way, then home. */
function waysOn({ code }, { t, way, known, agreed }) {
  const to = (id, text) => ({ id, text });
  const [other, home] = [to("other", t.otherWay), to("home", t.home)];
  if (!known && !way) return [to("other", t.again), home];
  if (code === "identity-frozen") return [to("lift", t.lift), other, home];
  if (ABOUT_CONSENT.test(code) || (!agreed && way)) return [to("consent", t.reread), other, home];
  if (ABOUT_PERSON.test(code)) return [to("person", t.correct), other, home];
  if (HOME_ONLY.includes(code)) return [home];
  if (NO_RETRY.includes(code) || !way) return [other, home];
  const retry = to("proof", way === "face" ? t.retake : t.again);
  return code === "identity-not-matched" ? [retry, to("person", t.correct), other] : [retry, other, home];
}

module.exports = { STEPS, ICONS, PURPOSES, LIFTING, usable, waysOn };
