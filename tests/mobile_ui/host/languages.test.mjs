import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh, program } from "./program.mjs";

// What a partial language has to say whole: everything on the way to giving leave.
const ROOMS = [
  ...["tabs", "problems", "verify", "consent", "person", "face", "window", "outside", "card-check", "result", "returning"],
  ...["languages", "asked", "allow", "handoff", "partners"],
];
const PARTIAL = ["zh-HK", "ug"];
const MARKED = "draft"; // says on the page that a machine wrote it

const { load } = fresh();
const shape = (words) => Object.entries(words).flatMap(([key, value]) =>
  typeof value === "object" ? shape(value).map((inner) => `${key}.${inner}`) : [key]).filter((key) => key !== MARKED).sort();
const holes = (words) => (JSON.stringify(words).match(/\{\w+\}/g) ?? []).sort();
const spoken = (locale) => fresh({ locale }).load("utils/texts");

for (const locale of PARTIAL) {
  test(`${locale} has whole rooms, the same texts with the same facts as zh-CN, and no others`, () => {
    const [zh, own] = [load("utils/texts.zh-CN"), load(`utils/texts.${locale}`)];
    assert.deepEqual(Object.keys(own).sort(), [...ROOMS].sort());
    for (const room of ROOMS) {
      assert.deepEqual(shape(own[room]), shape(zh[room]), room);
      assert.deepEqual(holes(own[room]), holes(zh[room]), room);
    }
    assert.ok(!JSON.stringify(own).includes('""'));
  });

  test(`${locale} says on its pages that nobody has read it yet, and so do its files`, () => {
    assert.ok(spoken(locale).of("languages")[MARKED]);
    assert.equal(spoken("zh-CN").of("languages")[MARKED], undefined);
  });

  test(`what ${locale} lacks is said in Chinese, and says so to the screen reader`, () => {
    const { lang, dir, title } = spoken(locale).of("rights");
    assert.deepEqual([lang, dir, title], ["zh-CN", "ltr", load("utils/texts.zh-CN").rights.title]);
    assert.equal(spoken(locale).of("allow").lang, undefined);
  });
}

test("Uyghur alone runs from right to left", () => {
  assert.deepEqual(["zh-CN", "zh-HK", "en", "ug"].map((locale) => spoken(locale).direction()), ["ltr", "ltr", "ltr", "rtl"]);
});

// RFC 5646: script and region say which characters a Chinese reader reads.
for (const [system, wanted] of [
  ["zh-CN", "zh-CN"], ["zh-SG", "zh-CN"], ["zh_CN", "zh-CN"], ["zh-HK", "zh-HK"], ["zh-Hant-TW", "zh-HK"], ["zh-MO", "zh-HK"],
  ["ug-CN", "ug"], ["ug", "ug"], ["en-GB", "en"], ["fr", "en"], ["uk", "en"],
]) {
  test(`a device that speaks ${system} is answered in ${wanted}`, () => assert.equal(load("utils/texts").fitting(system), wanted));
}

test("dates are written as each language writes them", () => {
  const said = (locale) => fresh({ locale }).load("utils/format").date("2026-11-05");
  assert.deepEqual(["zh-HK", "ug", "en"].map(said), ["2026年11月5日", "2026-يىل 11-ئاينىڭ 5-كۈنى", "5 Nov 2026"]);
});

test("what was just said in one language is heard no more when another is chosen", () => {
  let hushed = 0;
  const { wx, load: needs } = fresh({ locale: "zh-CN", wechat: { hideToast: () => { hushed += 1; }, setTabBarItem() {} } });
  let app;
  program.modules.app({ exports: {} }, {}, needs, () => {}, () => {}, (made) => { app = made; }, wx, () => app);
  app.speak("zh-CN");
  assert.equal(hushed, 0);
  app.speak("en");
  assert.deepEqual([hushed, needs("utils/texts").locale()], [1, "en"]);
});
