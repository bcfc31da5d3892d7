import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh, page } from "./program.mjs";

const CONSENT = "pages/consent/consent";
const HANDOFF = "pages/handoff/handoff";
const FIELDS = [
  { id: "profile:name", title: "Name", about: "…", sensitivity: "medium", level: 3, given: null, instead: [] },
  { id: "profile:birthdate", title: "Birth", about: "…", sensitivity: "medium", level: 3, given: null, instead: [{ id: "profile:over-18", title: "18", about: "…" }] },
];
const CLIENT = { id: "c-1", name: "Clinic", organisation: "Clinic Ltd", credit_code: "", uri: "", policy_uri: "", environment: "production" };
const wish = (more = {}) => ({
  id: "i", client: CLIENT, purpose: "visits", redirect_host: "clinic.example", until: "2027-01-01T00:00:00Z",
  scopes: FIELDS, signed_in: true, step_up: null, silent: false, expires_at: "2027-01-01T00:00:00Z", ...more,
});
const HANDED = { id: "h", site: "Hall", address: "Road 1", service: { id: "s", title: "S" }, scopes: FIELDS.slice(0, 1), step_up: null, expires_at: "2037-01-01T00:00:00Z" };

const UNKNOWN = [404, { code: "unknown", title: "t", detail: "d" }];

/** ``answers``: method and path → [status, body], or what gives that; ``calls`` holds what was asked, ``left`` where to. */
function opened(path, options, answers, { signedIn = true, host } = {}) {
  const calls = [];
  const left = [];
  const request = ({ url, method, data, withCredentials, success }) => {
    calls.push({ what: `${method} ${url}`, data, cookies: withCredentials });
    const found = answers[`${method} ${url}`] ?? UNKNOWN;
    const [status, body] = typeof found === "function" ? found() : found;
    setImmediate(() => success({ statusCode: status, data: body, header: {} }));
  };
  const silent = { setNavigationBarTitle() {}, pageScrollTo() {}, switchTab() {} };
  const made = fresh({ request, host: host === undefined ? { leaveTo: (url) => left.push(url) } : host, wechat: silent });
  if (signedIn) made.load("utils/session").keep({ access_token: "a", refresh_token: "r", token_type: "Bearer" });
  const alive = page(made, path, options);
  return { alive, calls, left, kept: made.kept };
}

/** Turns enough for every answer there is: a count, so that no slow machine changes it. */
async function settled() {
  for (let turn = 0; turn < 60; turn += 1) await new Promise((done) => setImmediate(done));
}

async function shown(...given) {
  const made = opened(...given);
  made.alive.onShow();
  await settled();
  return made;
}
const ASKED = "GET /v1/interactions/i";
const ANSWERED = "POST /v1/interactions/i";
const BACK = [200, { redirect_to: "https://clinic.example/cb?code=x" }];

test("inside WeChat nothing is asked of the server, and the page says where to open it", async () => {
  const { alive, calls } = await shown(CONSENT, { interaction: "i" }, {}, { host: null });
  assert.deepEqual([alive.data.step, calls], ["trouble", []]);
  assert.match(alive.data.problem.title, /browser/);
});

test("what is given is what was chosen, by the browser's cookie, and the browser goes back", async () => {
  const { alive, calls, left } = await shown(CONSENT, { interaction: "i" }, { [ASKED]: [200, wish()], [ANSWERED]: BACK });
  assert.equal(alive.data.step, "deciding");
  alive.choose({ detail: { id: "profile:birthdate", value: "profile:over-18" } });
  await alive.allow();
  assert.deepEqual(calls.at(-1).data, { decision: "allow", scopes: ["profile:name", "profile:over-18"] });
  assert.ok(calls.every(({ cookies }) => cookies));
  assert.deepEqual(left, [BACK[1].redirect_to]);
});

test("a refusal names no field", async () => {
  const { alive, calls } = await shown(CONSENT, { interaction: "i" }, { [ASKED]: [200, wish()], [ANSWERED]: BACK });
  await alive.refuse();
  assert.deepEqual(calls.at(-1).data, { decision: "refuse" });
});

test("a second press while one is under way answers nothing", async () => {
  const { alive, calls } = await shown(CONSENT, { interaction: "i" }, { [ASKED]: [200, wish()], [ANSWERED]: BACK });
  await Promise.all([alive.allow(), alive.refuse()]);
  assert.equal(calls.filter(({ what }) => what === ANSWERED).length, 1);
});

test("another language keeps what was chosen", async () => {
  const { alive } = await shown(CONSENT, { interaction: "i" }, { [ASKED]: [200, wish()] });
  alive.choose({ detail: { id: "profile:name", value: "" } });
  alive.spoken();
  await settled();
  assert.deepEqual(alive.data.rows.map((row) => row.chosen), ["", "profile:birthdate"]);
});

// OpenID Connect Core §3.1.2.1: prompt=none shows nothing.
test("what is silent is answered at once, by a stranger too", async () => {
  const known = await shown(CONSENT, { interaction: "i" }, { [ASKED]: [200, wish({ silent: true })], [ANSWERED]: BACK });
  assert.deepEqual(known.calls.at(-1).data, { decision: "silent" });
  const stranger = await shown(CONSENT, { interaction: "i" }, { [ASKED]: [200, wish({ silent: true, signed_in: false })], [`${ANSWERED}/login-required`]: BACK }, { signedIn: false });
  assert.deepEqual([stranger.left.length, stranger.alive.data.step], [1, "leaving"]);
});

test("a proof that is too old leads to another proof, with its ways only", async () => {
  const stale = [401, { code: "step-up-needed", title: "t", detail: "d", ways: ["passkey", "window"] }];
  const { alive } = await shown(CONSENT, { interaction: "i" }, { [ASKED]: [200, wish()], [ANSWERED]: stale });
  await alive.allow();
  assert.deepEqual([alive.data.step, alive.data.ways], ["stale", ["passkey", "window"]]);
});

test("a session that ended makes a stranger, not a failure", async () => {
  const said = [[401, { code: "session-ended", title: "t", detail: "d" }], [200, wish({ signed_in: false })]];
  const { alive } = await shown(CONSENT, { interaction: "i" }, { [ASKED]: () => said.shift() });
  assert.deepEqual([alive.data.step, said.length], ["stranger", 0]);
});

test("a code is claimed once, and looked up again after a proof elsewhere", async () => {
  const answers = { "POST /v1/handoffs": [201, HANDED], "GET /v1/handoffs/h": [200, HANDED], "POST /v1/handoffs/h": [200, { number: "4711" }] };
  const { alive, calls, kept } = await shown(HANDOFF, { code: "ABCD" }, answers);
  alive.onShow();
  await settled();
  assert.deepEqual(calls.map(({ what }) => what), ["POST /v1/handoffs", "GET /v1/handoffs/h"]);
  await alive.allow();
  assert.deepEqual([alive.data.step, alive.data.number, alive.data.spelled], ["number", "4711", "4 7 1 1"]);
  assert.match(alive.data.said, /4 7 1 1/);
  assert.equal(kept.has("session:handoff"), false);
});

test("what went wrong with a code leads to typing the new one", async () => {
  const gone = [404, { code: "handoff-unknown", title: "t", detail: "d" }];
  const { alive } = await shown(HANDOFF, { code: "ABCD" }, { "POST /v1/handoffs": gone });
  assert.deepEqual([alive.data.step, alive.data.troubleWays[0].id], ["trouble", "type"]);
  alive.way({ detail: { id: "type" } });
  await settled();
  assert.equal(alive.data.step, "typing");
  alive.submit();
  assert.ok(alive.data.codeFault);
});

test("a stranger's refusal takes nothing from the kiosk and asks the server nothing", async () => {
  const { alive, calls } = await shown(HANDOFF, { code: "ABCD" }, {}, { signedIn: false });
  assert.equal(alive.data.step, "stranger");
  await alive.refuse();
  assert.deepEqual([alive.data.step, calls], ["refused", []]);
});
