import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh } from "./program.mjs";

const tokens = (n) => ({ access_token: `access-${n}`, refresh_token: `refresh-${n}`, token_type: "Bearer" });

/** A server that knows one access token at a time and rotates refresh tokens. */
function server({ refreshStatus = 200 } = {}) {
  const seen = { refreshes: 0, now: 1, calls: [] };
  const request = ({ url, header = {}, data, success }) => {
    seen.calls.push(url);
    const say = (statusCode, body) => setTimeout(() => success({ statusCode, data: body, header: {} }));
    if (url === "/v1/tokens") {
      seen.refreshes += 1;
      if (refreshStatus !== 200) return say(refreshStatus, { code: "refused", title: "t", detail: "d" });
      assert.equal(data.refresh_token, `refresh-${seen.now}`, "an old refresh token was shown again");
      seen.now += 1;
      return say(200, tokens(seen.now));
    }
    if (header.Authorization === `Bearer access-${seen.now}`) return say(200, { url });
    return say(401, { code: "token-expired", title: "t", detail: "d", status: 401 });
  };
  return { seen, request };
}

function program(options) {
  const { seen, request } = server(options);
  const made = fresh({ request });
  const session = made.load("utils/session");
  return { seen, session, kept: made.kept, ...made.load("utils/request") };
}

test("a session that is over ends here too", async () => {
  const { session, request } = program({ refreshStatus: 401 });
  session.keep(tokens(0));
  await assert.rejects(request("/v1/me", { signed: true }), { code: "token-expired" });
  assert.equal(session.signedIn(), false);
});

test("a server in trouble does not sign anybody out", async () => {
  const { session, request } = program({ refreshStatus: 503 });
  session.keep(tokens(0));
  await assert.rejects(request("/v1/me", { signed: true }));
  assert.equal(session.signedIn(), true);
});

test("an expired token is renewed once and the call repeated", async () => {
  const { seen, session, request } = program();
  session.keep({ ...tokens(1), access_token: "old" });
  assert.deepEqual(await request("/v1/me", { signed: true }), { url: "/v1/me" });
  assert.equal(seen.refreshes, 1);
});

test("many calls at once share one renewal", async () => {
  const { seen, session, request } = program();
  session.keep({ ...tokens(1), access_token: "old" });
  await Promise.all(["/a", "/b", "/c", "/d"].map((path) => request(path, { signed: true })));
  assert.equal(seen.refreshes, 1);
});

test("only the refresh token is stored, where the tab's end takes it", () => {
  const { session, kept } = program();
  session.keep(tokens(1));
  assert.deepEqual([...kept.keys()].filter((key) => /access|refresh/.test(key)), ["session:refresh"]);
  assert.ok(![...kept.values()].includes("access-1"));
});

test("no line is told in words", async () => {
  const made = fresh({ request: ({ fail }) => fail({ errMsg: "request:fail" }) });
  await assert.rejects(made.load("utils/request").request("/v1/services"), { code: "offline", title: "No connection" });
});
