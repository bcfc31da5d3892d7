import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh } from "./program.mjs";

const { load } = fresh();
const { STEPS, PURPOSES, usable, waysOn } = load("pages/verify/ways");
const t = load("utils/texts").of("verify");
const SERVED = ["face", "network-identity", "passkey", "window", "bank-card", "not-yet-written"].map((id) => ({ id }));
const ids = (ways) => ways.map(({ id }) => id);

test("a way this page cannot walk is not offered", () => {
  assert.ok(!ids(usable(SERVED, { wanted: null, passkeys: true, browser: true })).includes("not-yet-written"));
  assert.ok(!ids(usable(SERVED, { wanted: null, passkeys: false, browser: true })).includes("passkey"));
  assert.ok(!ids(usable(SERVED, { wanted: null, passkeys: false, browser: false })).includes("network-identity"));
});

test("wherever the pages run, a face is not the only way", () => {
  for (const browser of [true, false]) {
    const here = ids(usable(SERVED, { wanted: null, passkeys: false, browser }));
    assert.ok(here.filter((id) => id !== "face").length >= 2);
  }
});

test("a step-up shows the ways that were asked for, in the server's order", () => {
  const found = usable(SERVED, { wanted: ["window", "passkey", "face"], passkeys: true, browser: true });
  assert.deepEqual(ids(found), ["face", "passkey", "window"]);
});

test("every way has steps, a consent of its own and words in both languages", () => {
  assert.equal(new Set(Object.values(PURPOSES)).size, Object.keys(STEPS).length);
  for (const locale of ["en", "zh-CN"]) {
    const words = fresh({ locale }).load("utils/texts");
    for (const [way, steps] of Object.entries(STEPS)) {
      assert.ok(words.of("consent").agree[PURPOSES[way]] && words.of("verify").proofs[way]);
      assert.ok(steps.every((step) => words.of("verify").steps[step]));
    }
  }
});

const CODES = ["identity-not-matched", "try-budget-spent", "prompts-not-followed", "face-not-found", "offline", "internal-error", "document-type-unknown", "card-codes-too-many"];
for (const code of CODES) {
  test(`${code} leads to another way too`, () => {
    const ways = waysOn({ code, status: 400 }, { t, way: "face", known: true, agreed: true });
    assert.ok(ids(ways).includes("other"));
    assert.ok(ways.every(({ text }) => text));
  });
}

test("a spent budget does not offer the same way again", () => {
  const ways = waysOn({ code: "try-budget-spent", status: 429 }, { t, way: "face", known: true, agreed: true });
  assert.ok(!ids(ways).includes("proof"));
});

test("who is frozen may lift it", () => {
  assert.equal(waysOn({ code: "identity-frozen", status: 403 }, { t, way: "face", known: true, agreed: true })[0].id, "lift");
});

test("under fourteen by the birth date in the number, on the birthday no more", () => {
  const { young } = load("utils/id-number");
  const inChina = new Date(Date.now() + 8 * 3600 * 1000);
  const born = (years, days) => {
    const day = new Date(Date.UTC(inChina.getUTCFullYear() - years, inChina.getUTCMonth(), inChina.getUTCDate() + days));
    return `110105${day.toISOString().slice(0, 10).replace(/-/g, "")}0010`;
  };
  assert.deepEqual([born(14, 1), born(13, 0), born(14, -1), born(40, 0)].map(young), [true, true, false, false]);
  assert.deepEqual(["", "110105", "E12345678", "110105201913450010"].map(young), [false, false, false, false]);
});
