import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../h5/wxml.js";
import { assign } from "../h5/instance.js";
import { resolve } from "../h5/library.js";
import { inRem, styled } from "../h5/elements.js";
import { program } from "./program.mjs";

for (const broken of ["<view>", "<view></text>", "</view>", "<view wx:else></view>", "<view a=b></view>"]) {
  test(`a broken page is refused when read: ${broken}`, () => assert.throws(() => parse(broken), SyntaxError));
}

for (const [path, source] of Object.entries(program.templates)) {
  test(`the host reads ${path}`, () => assert.ok(parse(source, path).length > 0));
}

test("if, elif and else are one choice", () => {
  const [choice] = parse('<view wx:if="{{a}}"/><text wx:elif="{{b}}"/><image wx:else/>');
  const names = (scope) => choice.branches.find((branch) => branch.test(scope)).node.name;
  assert.deepEqual([{ a: 1 }, { b: 1 }, {}].map(names), ["view", "text", "image"]);
});

test("a repeat names its item and index", () => {
  const [repeat] = parse('<view wx:for="{{rows}}" wx:for-item="row" wx:for-index="at" wx:key="id">{{row.id}}</view>');
  assert.deepEqual([repeat.item, repeat.index, repeat.key], ["row", "at", "id"]);
  assert.deepEqual(repeat.list({ rows: [1] }), [1]);
});

test("comments and what stands between tags are no elements", () => {
  assert.deepEqual(parse("<!-- <view> -->\n  \n"), []);
});

test("setData reaches into lists and makes what is missing", () => {
  const data = { rows: [{ open: false }] };
  assign(data, "rows[0].open", true);
  assign(data, "new.list[0]", "x");
  assert.deepEqual(data, { rows: [{ open: true }], new: { list: ["x"] } });
});

test("750 rpx are a phone's width in rem", () => {
  assert.equal(inRem("10rpx 750rpx -32rpx"), "0.3125rem 23.4375rem -1rem");
  assert.deepEqual(styled("--done: 33; width: 64rpx"), { "--done": "33", width: "2rem" });
});

test("a module is found from where it is asked for", () => {
  assert.equal(resolve("pages/home/", "../../utils/texts"), "utils/texts");
  assert.equal(resolve("pages/home/", "/components/glyph/glyph.js"), "components/glyph/glyph");
});
