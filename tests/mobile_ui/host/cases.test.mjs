import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh } from "./program.mjs";

const { load } = fresh();
const cases = load("utils/case");
const t = load("utils/texts.en").application;
const AT = Date.parse("2026-11-23T01:00:00Z");
const at = (seconds) => new Date(AT + seconds * 1000).toISOString();
const step = (name, office, state, from, to, critical = false) => ({
  name, title: name, department: { id: office, title: office }, state, share_days: 1, critical, finding: [],
  began_at: from === null ? null : at(from), finished_at: to === null ? null : at(to),
});

test("a step nobody has begun has no bar", () => {
  const [, waits] = cases.lanes([step("a", "fund", "running", 0, null), step("b", "housing", "waiting", null, null)], t, AT + 10_000);
  assert.equal(waits.width, 0);
});

test("steps that run at the same time stand side by side on one clock", () => {
  const lanes = cases.lanes([
    step("account", "fund", "done", 0, 2), step("home", "housing", "done", 0, 4, true), step("marriage", "civil", "done", 1, 3),
  ], t);
  assert.deepEqual(lanes.map((lane) => [lane.from, lane.from + lane.width]), [[0, 50], [0, 100], [25, 75]]);
  assert.equal(cases.together(lanes, [], t).parallel, "3 departments are done");
  assert.match(cases.together(lanes, ["marriage", "home"], t).slowest, /home → marriage/);
});

test("a department that works on two steps is counted once", () => {
  const lanes = cases.lanes([step("a", "fund", "running", 0, null), step("b", "fund", "queued", 0, null)], t, AT);
  assert.equal(cases.together(lanes, [], t).parallel, "");
});

test("the clock says how long there is, that it stands still, and that it ran out", () => {
  const clock = { promised_on: "2026-11-25", statutory_on: "2026-11-27", paused: false };
  assert.equal(cases.clock({ ...clock, days_left: 2 }, t).left, "2 working days left");
  assert.equal(cases.clock({ ...clock, days_left: 0 }, t).left, "Today is the last day");
  assert.match(cases.clock({ ...clock, days_left: -3 }, t).left, /^3 working days over/);
  assert.match(cases.clock({ ...clock, days_left: 2, paused: true }, t).left, /stands still/);
  assert.equal(cases.clock(null, t), null);
});

test("one goes on looking until what was approved is carried out", () => {
  const seen = (state, may = [], rating = null) => cases.working({ state, may, rating });
  assert.deepEqual(["draft", "supplement-asked", "refused", "withdrawn"].map((state) => seen(state)), [false, false, false, false]);
  assert.deepEqual(["submitted", "accepted", "in-review", "approved"].map((state) => seen(state)), [true, true, true, true]);
  assert.deepEqual([seen("approved", ["rate"]), seen("approved", [], { grade: 1 })], [false, false]);
});

test("what departments found is shown as their schema says", () => {
  const done = { ...step("account", "fund", "done", 0, 2), finding: [{ name: "balance", title: "Balance", show: "money", value: 123456 }] };
  assert.deepEqual(cases.lanes([done], t)[0].finding.map((one) => one.value), ["¥1,234.56"]);
});

test("steps that begin together make one stage, what carries out comes last", () => {
  const { stages } = load("utils/item");
  const declared = (name, after, then = false) => ({ name, title: name, department: { title: name }, days: 1, after, then });
  const found = stages([declared("a", []), declared("b", []), declared("c", ["b"]), declared("pay", [], true)]);
  assert.deepEqual(found.map((stage) => stage.steps.map((one) => one.name)), [["a", "b"], ["c"], ["pay"]]);
});

const waiting = (others) => load("utils/waits").rows({ applications: [], offers: [], bills_unpaid: 0, messages_unread: 0, tickets_open: 0, ...others }, load("utils/texts.en").waits);

test("nothing waits where nothing is told", () => {
  assert.deepEqual(waiting({}), []);
});

test("a time that is offered stands before everything and says until when", () => {
  const offer = { number: "YY1", title: "Marriage", starts_at: "2026-11-30T01:00:00+00:00", until: "2026-11-23T03:00:00+00:00" };
  const draft = { number: "ZB1", state: "draft", service: { icon: "home", title: "Home" }, due_on: null };
  const [first, second] = waiting({ offers: [offer], applications: [draft] });
  assert.equal(first.url, "/pages/booking/booking?number=YY1");
  assert.match(first.text, /30 Nov 2026 09:00.*by 23 Nov 2026 11:00/);
  assert.deepEqual([first.urgent, second.id], [true, "ZB1"]);
});

test("bills to pay are counted and lead to the bills", () => {
  const [bills] = waiting({ bills_unpaid: 2 });
  assert.deepEqual([bills.title, bills.url], ["2 medical bills to pay", "/pages/bills/bills"]);
});
