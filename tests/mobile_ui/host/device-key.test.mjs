import assert from "node:assert/strict";
import { test } from "node:test";
import { DeviceKey } from "../h5/device-key.js";
import { fresh } from "./program.mjs";

const ADDRESS = "https://example.test/v1/tokens";
const unpack = (part) => JSON.parse(Buffer.from(part, "base64url"));

function shelf() {
  const lying = { pair: null, kept: 0 };
  return {
    lying,
    get: async () => lying.pair,
    keep: async (pair) => { lying.kept += 1; lying.pair ??= pair; return lying.pair; },
    clear: async () => { lying.pair = null; },
  };
}

async function read(proof) {
  const [head, claims, signature] = proof.split(".");
  const { jwk } = unpack(head);
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const good = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, Buffer.from(signature, "base64url"), Buffer.from(`${head}.${claims}`));
  return { head: unpack(head), claims: unpack(claims), good };
}

test("nobody can read the private half", async () => {
  const place = shelf();
  await new DeviceKey(place).proof({ method: "POST", url: ADDRESS });
  await assert.rejects(crypto.subtle.exportKey("jwk", place.lying.pair.privateKey));
});

test("a browser that keeps no keys sends no proof", async () => {
  const broken = { get: async () => { throw new Error("private window"); } };
  assert.equal(await new DeviceKey(broken).proof({ method: "GET", url: ADDRESS }), "");
});

test("a proof is signed for this method, this address without its query, this token, once", async () => {
  const key = new DeviceKey(shelf());
  const [one, two] = await Promise.all([1, 2].map(() => key.proof({ method: "POST", url: `${ADDRESS}?a=b#c`, token: "token" })));
  const { head, claims, good } = await read(one);
  assert.ok(good);
  assert.deepEqual([head.typ, head.alg, Object.keys(head.jwk).sort()], ["dpop+jwt", "ES256", ["crv", "kty", "x", "y"]]);
  assert.deepEqual([claims.htm, claims.htu], ["POST", ADDRESS]);
  const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from("token"))).toString("base64url");
  assert.equal(claims.ath, hash);
  assert.notEqual(claims.jti, (await read(two)).claims.jti);
});

test("all who ask at once get the same key", async () => {
  const place = shelf();
  const key = new DeviceKey(place);
  const proofs = await Promise.all([1, 2, 3].map(() => key.proof({ method: "GET", url: ADDRESS })));
  const keys = new Set((await Promise.all(proofs.map(read))).map(({ head }) => head.jwk.x));
  assert.deepEqual([keys.size, place.lying.kept], [1, 1]);
});

test("a forgotten key does not come back", async () => {
  const key = new DeviceKey(shelf());
  const before = await read(await key.proof({ method: "GET", url: ADDRESS }));
  await key.forget();
  const after = await read(await key.proof({ method: "GET", url: ADDRESS }));
  assert.notEqual(before.head.jwk.x, after.head.jwk.x);
});

test("a wrong clock is put right by the server's", async () => {
  const key = new DeviceKey(shelf());
  const there = Math.floor(Date.now() / 1000) + 5000;
  key.heed(new Date(there * 1000).toUTCString());
  const { claims } = await read(await key.proof({ method: "GET", url: ADDRESS }));
  assert.ok(Math.abs(claims.iat - there) <= 5);
});

/** A server that calls itself by another name than it was reached by, and refuses a first proof. */
function house({ stale = 0 } = {}) {
  const seen = [];
  let refusals = stale;
  const request = ({ url, method, header = {}, data, success }) => {
    seen.push({ url, method, header, data });
    const say = (statusCode, body) => setTimeout(() => success({ statusCode, data: body, header: { date: new Date().toUTCString() } }));
    if (url === "/v1/environment") return say(200, { public_url: "https://example.test" });
    if (refusals > 0) {
      refusals -= 1;
      return say(401, { code: "dpop-proof-invalid", title: "t", detail: "d" });
    }
    return say(200, { access_token: "new", refresh_token: "next", token_type: header.DPoP ? "DPoP" : "Bearer" });
  };
  const made = fresh({ request, host: { deviceKey: new DeviceKey(shelf()), origin: "http://other.test" } });
  return { seen, ...made, session: made.load("utils/session"), ...made.load("utils/request") };
}

test("a bound pair is refreshed with its proof, signed for the server's own name", async () => {
  const { seen, session } = house();
  session.keep({ access_token: "a", refresh_token: "b", token_type: "DPoP" });
  assert.equal(await session.refresh(), true);
  const { header } = seen.find(({ url }) => url === "/v1/tokens");
  assert.equal((await read(header.DPoP)).claims.htu, "https://example.test/v1/tokens");
});

test("an unbound pair is refreshed without a proof", async () => {
  const { seen, session } = house();
  session.keep({ access_token: "a", refresh_token: "b" });
  await session.refresh();
  assert.deepEqual(seen.map(({ header }) => header.DPoP), [undefined]);
});

test("a bound token is shown with its scheme and a proof of its own", async () => {
  const { seen, session, request } = house();
  session.keep({ access_token: "a", refresh_token: "b", token_type: "DPoP" });
  await request("/v1/me", { signed: true });
  const { header } = seen.at(-1);
  assert.equal(header.Authorization, "DPoP a");
  assert.ok((await read(header.DPoP)).claims.ath);
});

test("a refused proof is made once more by the server's time, and then no more", async () => {
  const once = house({ stale: 1 });
  await once.request("/v1/sessions", { method: "POST", data: {}, proving: true });
  assert.equal(once.seen.filter(({ url }) => url === "/v1/sessions").length, 2);
  const never = house({ stale: 9 });
  await assert.rejects(never.request("/v1/sessions", { method: "POST", data: {}, proving: true }), { code: "dpop-proof-invalid" });
  assert.equal(never.seen.filter(({ url }) => url === "/v1/sessions").length, 2);
});
