import assert from "node:assert/strict";
import { test } from "node:test";
import { asBytes, asText } from "../h5/passkeys.js";
import { fresh } from "./program.mjs";

const packed = (text) => Buffer.from(text).toString("base64url");

test("challenges and ids become bytes, everything else stays", () => {
  const made = asBytes({
    challenge: packed("a?>b"), rp: { id: "example.test", name: "Zhiban" }, user: { id: packed("u"), name: "X" },
    excludeCredentials: [{ id: packed("c"), type: "public-key", transports: ["internal"] }], timeout: 120000, attestation: "none",
  });
  assert.deepEqual(Buffer.from(made.challenge).toString(), "a?>b");
  assert.equal(made.rp.id, "example.test");
  assert.ok(made.user.id instanceof Uint8Array && made.excludeCredentials[0].id instanceof Uint8Array);
  assert.deepEqual([made.user.name, made.timeout, made.excludeCredentials[0].transports], ["X", 120000, ["internal"]]);
});

test("the browser's answer travels as text", () => {
  const raw = (text) => new TextEncoder().encode(text).buffer;
  const made = asText({ id: "i", rawId: raw("i"), type: "public-key", response: { clientDataJSON: raw("{}"), signature: raw("s"), authenticatorData: raw("d"), userHandle: null } });
  assert.deepEqual(made.response, { clientDataJSON: packed("{}"), authenticatorData: packed("d"), signature: packed("s") });
  assert.equal(made.rawId, packed("i"));
});

function program({ answer, get = async () => ({ id: "c" }), origin = "https://example.test" }) {
  const asked = [];
  const request = ({ url, data, success }) => {
    asked.push({ url, data });
    setTimeout(() => success({ statusCode: 200, data: answer[url] ?? {}, header: {} }));
  };
  const made = fresh({ request, host: { deviceKey: null, origin, passkeys: { get, create: get } } });
  const session = made.load("utils/session");
  session.keep({ access_token: "a", refresh_token: "r", token_type: "Bearer" });
  return { asked, session, passkeys: made.load("utils/passkeys") };
}

const OPTIONS = { "/v1/me/proofs/passkey/options": { publicKey: {}, origin: "https://example.test" } };

test("a declined passkey sends nothing and keeps the session", async () => {
  const { asked, session, passkeys } = program({ answer: OPTIONS, get: async () => { throw new Error("NotAllowedError"); } });
  await assert.rejects(passkeys.prove(), { code: "passkey-declined" });
  assert.equal(asked.length, 1);
  assert.ok(session.signedIn());
});

test("at another address one is told where passkeys work", async () => {
  const { passkeys } = program({ answer: OPTIONS, origin: "https://alias.test" });
  await assert.rejects(passkeys.prove(), ({ code, detail }) => code === "passkey-elsewhere" && detail.includes("https://example.test"));
});

test("a proof by passkey replaces the session's tokens", async () => {
  const answer = { ...OPTIONS, "/v1/me/proofs/passkey": { access_token: "raised", refresh_token: "next", token_type: "Bearer" } };
  const { session, passkeys } = program({ answer });
  await passkeys.prove();
  assert.equal(session.token().value, "raised");
});
