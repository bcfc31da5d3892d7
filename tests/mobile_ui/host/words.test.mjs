import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh } from "./program.mjs";

const { load } = fresh();
const shape = (words) => Object.entries(words).flatMap(([key, value]) =>
  typeof value === "object" ? shape(value).map((inner) => `${key}.${inner}`) : [key]);
const holes = (words) => JSON.stringify(words).match(/\{\w+\}/g).sort();

test("both languages hold the same texts with the same facts, none empty", () => {
  const [zh, en] = ["utils/texts.zh-CN", "utils/texts.en"].map(load);
  assert.deepEqual(shape(zh), shape(en));
  assert.deepEqual(holes(zh), holes(en));
  assert.ok(![zh, en].some((words) => JSON.stringify(words).includes('""')));
});

// GB 11643 and ISO 7064 MOD 11-2
test("ID numbers are tidied as people type them", () => {
  const { tidy } = load("utils/id-number");
  assert.equal(tidy(" 110105 19491231-002x "), "11010519491231002X");
  assert.equal(tidy("１１０１０５１９４９１２３１００２ｘ"), "11010519491231002X");
});
for (const [number, wanted] of [
  ["1101051949123100", "length"], ["11010519491231A02X", "characters"], ["11010519490231002X", "date"],
  ["110105299912310029", "date"], ["110105194912310021", "check"], ["11010519491231002X", ""], ["440524188001010014", ""],
]) {
  test(`the form of ${number} is ${wanted || "right"}`, () => assert.equal(load("utils/id-number").fault(number), wanted));
}

test("money is fen and reads with separators", () => {
  const { money, month, number } = load("utils/format");
  assert.deepEqual([0, 5, 123456789, -100].map(money), ["¥0.00", "¥0.05", "¥1,234,567.89", "−¥1.00"]);
  assert.equal(month("2026-11"), "Nov 2026");
  assert.equal(number(1234.5), "1,234.5");
});

test("any schema becomes headline, facts and tables", () => {
  const { answerView } = load("utils/schema");
  const money = { type: "integer", "x-show": "money" };
  const schema = { properties: {
    balance: { title: "Balance", ...money, "x-headline": true },
    state: { title: "State", "x-show": "state", "x-labels": { on: "Active" } },
    rows: { title: "Rows", type: "array", items: { type: "object", properties: { month: { title: "Month", format: "month" }, total: { title: "Total", ...money } } }, "x-show": "table", "x-chart": { x: "month", y: ["total"] } },
  } };
  const view = answerView(schema, { balance: 100, state: "on", rows: [{ month: "2026-02", total: 300 }, { month: "2026-01", total: 200 }], secret: 1 });
  assert.deepEqual(view.headline, { name: "Balance", value: "¥1.00", note: "" });
  assert.deepEqual(view.facts.map((fact) => fact.value), ["Active"]);
  assert.deepEqual(view.tables[0].lines[0].cells.map((cell) => cell.value), ["Feb 2026", "¥3.00"]);
  assert.deepEqual(view.tables[0].series.x, ["Jan 2026", "Feb 2026"]);
});

test("a chart says in words what it shows, and cannot be broken by a title", () => {
  const { chart } = load("utils/chart");
  const lines = [{ name: "<b>", values: [1, 3], say: (value) => `${value}` }];
  const drawn = chart({ title: "T & U", x: ["a", "b"], lines });
  const svg = decodeURIComponent(drawn.source);
  assert.match(svg, /<title>T &#38; U: &#60;b&#62;<\/title><desc>.*lowest 1, highest 3/);
  assert.equal(chart(null), null);
});
