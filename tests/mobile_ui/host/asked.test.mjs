import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh } from "./program.mjs";

const { rows, choose, given } = fresh().load("utils/asked");
const field = (id, more = {}) => ({ id, title: id, about: id, sensitivity: "medium", level: 3, given: null, instead: [], ...more });
const ADULT = { id: "profile:over-18", title: "over 18", about: "yes or no" };

test("what is asked for is chosen beforehand", () => {
  assert.deepEqual(given(rows([field("profile:name")])), ["profile:name"]);
});

// PIPL art. 29: sensitive personal information needs a consent of its own.
test("sensitive data is never chosen beforehand", () => {
  assert.deepEqual(given(rows([field("balance:read", { sensitivity: "high" })])), []);
});

test("sensitive data given before stays given, and what was refused before stays refused", () => {
  const all = rows([field("balance:read", { sensitivity: "high", given: true }), field("profile:name", { given: false })]);
  assert.deepEqual(given(all), ["balance:read"]);
});

test("a narrower answer takes the place of the field, and nothing takes its place either", () => {
  const all = rows([field("profile:birth-date", { instead: [ADULT] }), field("profile:name")]);
  const narrowed = choose(all, "profile:birth-date", ADULT.id);
  assert.deepEqual(given(narrowed), [ADULT.id, "profile:name"]);
  assert.deepEqual(given(choose(narrowed, "profile:birth-date", "")), ["profile:name"]);
});

test("one narrower answer in the place of two fields is given once", () => {
  const all = rows([field("a", { instead: [ADULT] }), field("b", { instead: [ADULT] })]);
  assert.deepEqual(given(choose(choose(all, "a", ADULT.id), "b", ADULT.id)), [ADULT.id]);
});

test("of the answers to a field exactly one is on", () => {
  const [row] = choose(rows([field("a", { instead: [ADULT] })]), "a", "");
  assert.deepEqual(row.answers.map((one) => one.on), [false, false, true]);
});
