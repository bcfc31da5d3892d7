import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh } from "./program.mjs";

const TOKENS = { access_token: "a", refresh_token: "r", token_type: "Bearer" };

/** ``answers``: "METHOD path" → [status, body]; what is not named is well. */
function program({ answers = {}, wechat = {}, host = { deviceKey: null } } = {}) {
  const asked = [];
  const forgotten = { keys: 0 };
  const request = ({ url, method, data, header = {}, success }) => {
    asked.push({ what: `${method} ${url}`, data, token: header.Authorization });
    const [statusCode, body] = answers[`${method} ${url}`] ?? [200, TOKENS];
    setTimeout(() => success({ statusCode, data: body, header: {} }));
  };
  const key = { proof: async () => "", forget: async () => { forgotten.keys += 1; } };
  const made = fresh({ request, wechat, host: host && { ...host, deviceKey: key } });
  const load = (name) => made.load(`utils/${name}`);
  return { asked, forgotten, kept: made.kept, session: load("session"), returning: load("returning"), acting: load("acting") };
}

const gone = [401, { code: "return-unknown", title: "t", detail: "d" }];

test("a device that is not known any more is forgotten here too", async () => {
  const { session, returning, forgotten } = program({ answers: { "POST /v1/sessions": gone } });
  session.remember({ id: "1", name: "X*Y" });
  await assert.rejects(returning.comeBack(), { code: "return-unknown" });
  assert.equal(session.remembered(), null);
  assert.equal(forgotten.keys, 1);
});

test("a server in trouble makes nobody be forgotten", async () => {
  const { session, returning } = program({ answers: { "POST /v1/sessions": [503, { code: "cache-unavailable", title: "t", detail: "d" }] } });
  session.remember({ id: "1", name: "X*Y" });
  await assert.rejects(returning.comeBack());
  assert.deepEqual(session.remembered(), { id: "1", name: "X*Y" });
});

test("signing out leaves the way back, and no token", async () => {
  const { session, returning, forgotten, kept, asked } = program();
  session.keep(TOKENS);
  session.remember({ id: "1", name: "X*Y" });
  await returning.signOut(false);
  assert.equal(asked.at(-1).what, "DELETE /v1/me/sessions/current");
  assert.ok(session.remembered() && !session.signedIn() && !forgotten.keys);
  assert.ok(!JSON.stringify([...kept.values()]).includes('"r"'));
});

test("signing out and forgetting leaves nothing, there and here", async () => {
  const { session, returning, forgotten, asked } = program();
  session.keep(TOKENS);
  session.remember({ id: "1", name: "X*Y" });
  await returning.signOut(true);
  assert.equal(asked.at(-1).what, "DELETE /v1/me/sessions/current?forget=true");
  assert.ok(!session.remembered() && !session.signedIn() && forgotten.keys === 1);
});

test("a failed sign-out does not pretend", async () => {
  const { session, returning } = program({ answers: { "DELETE /v1/me/sessions/current": [503, { code: "x", title: "t", detail: "d" }] } });
  session.keep(TOKENS);
  await assert.rejects(returning.signOut(false));
  assert.ok(session.signedIn());
});

test("inside WeChat one comes back by its code, in a browser by the key", async () => {
  const wechat = { login: ({ success }) => success({ code: "one-time" }) };
  const inside = program({ wechat, host: null });
  await inside.returning.comeBack();
  const { way, code } = inside.asked[0].data;
  assert.deepEqual([way, code], ["wechat", "one-time"]);
  const browser = program();
  await browser.returning.comeBack();
  assert.equal(browser.asked.at(-1).data.way, "device");
  assert.ok(!("code" in browser.asked.at(-1).data));
});

test("without a bound key there is nothing to be remembered by", () => {
  const { session, returning } = program();
  session.keep(TOKENS);
  assert.equal(returning.possible(), false);
  session.keep({ ...TOKENS, token_type: "DPoP" });
  assert.equal(returning.possible(), true);
});

const ACTING = "POST /v1/me/mandates/7/tokens";
const MANDATE = { id: "7", name: "Z*", services: ["fund"] };

test("one acts for somebody in what they allowed, and in nothing else", async () => {
  const { session, acting } = program({ answers: { [ACTING]: [201, { access_token: "theirs", token_type: "Bearer" }] } });
  session.keep(TOKENS);
  assert.equal(acting.covers("fund"), false);
  await acting.begin(MANDATE);
  assert.deepEqual([acting.covers("fund"), acting.covers("other"), acting.current().name], [true, false, "Z*"]);
  acting.stop();
  assert.equal(acting.covers("fund"), false);
});

test("an ended mandate ends the acting, not one's own session", async () => {
  const answers = { [ACTING]: [201, { access_token: "theirs", token_type: "Bearer" }], "POST /v1/services/fund/answers": [401, { code: "session-ended", title: "t", detail: "d" }] };
  const { session, acting } = program({ answers });
  session.keep(TOKENS);
  await acting.begin(MANDATE);
  await assert.rejects(acting.requestFor("/v1/services/fund/answers", { method: "POST", data: {}, signed: true }), { code: "session-ended" });
  assert.equal(acting.current(), null);
  assert.ok(session.signedIn());
});

test("an expired acting token is asked for anew, once", async () => {
  const answers = { [ACTING]: [201, { access_token: "theirs", token_type: "Bearer" }], "POST /v1/services/fund/answers": [401, { code: "token-expired", title: "t", detail: "d" }] };
  const { session, acting, asked } = program({ answers });
  session.keep(TOKENS);
  await acting.begin(MANDATE);
  await assert.rejects(acting.requestFor("/v1/services/fund/answers", { method: "POST", data: {} }), { code: "token-expired" });
  assert.deepEqual(asked.filter(({ what }) => what === ACTING).length, 2);
  assert.deepEqual(asked.filter(({ what }) => what.endsWith("answers")).map(({ token }) => token), ["Bearer theirs", "Bearer theirs"]);
});
