import assert from "node:assert/strict";
import { test } from "node:test";
import { template } from "../h5/expression.js";

const value = (text, scope = {}) => template(text)(scope);

test("a function of the language is out of reach", () => {
  assert.equal(value("{{a.constructor}}", { a: {} }), undefined);
  assert.equal(value("{{a['__proto__']}}", { a: {} }), undefined);
  assert.equal(value("{{'x'.constructor}}"), undefined);
});

for (const broken of ["{{a +}}", "{{a b}}", "{{(a}}", "{{a ? b}}", "{{a => b}}", "{{a = 1}}", "{{f(1)}}", "{{`x`}}"]) {
  test(`a broken expression is refused when read: ${broken}`, () => {
    assert.throws(() => template(broken), SyntaxError);
  });
}

test("what is missing is empty and never fails", () => {
  assert.equal(value("{{a.b.c}}"), undefined);
  assert.equal(value("[{{a.b.c}}]"), "[]");
});

const cases = [
  ["{{1 + 2 * 3}}", {}, 7],
  ["{{(1 + 2) * 3}}", {}, 9],
  ["{{a ? b : c ? d : e}}", { a: 0, c: 1, d: "d" }, "d"],
  ["{{!a && b || c}}", { a: true, c: "c" }, "c"],
  ["{{list[index + 1].name}}", { list: [{}, { name: "two" }], index: 0 }, "two"],
  ["{{name === 'it\\'s'}}", { name: "it's" }, true],
  ["{{list.length > 1}}", { list: [1, 2] }, true],
  ["{{-a}}", { a: 3 }, -3],
  ["a-{{x}}-{{y}}", { x: 1, y: "z" }, "a-1-z"],
];
for (const [text, scope, wanted] of cases) {
  test(`${text} is ${JSON.stringify(wanted)}`, () => assert.deepEqual(value(text, scope), wanted));
}

test("alone an expression keeps its type", () => assert.deepEqual(value("{{[1, a]}}", { a: 2 }), [1, 2]));
