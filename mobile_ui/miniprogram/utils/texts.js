// The words of the pages. zh-CN and en are complete and hold the same keys; zh-HK and ug have the
// rooms of signing in and of giving leave, and say the rest in simplified Chinese (tests say so).

const ALL = {
  "zh-CN": require("./texts.zh-CN"),
  en: require("./texts.en"),
  "zh-HK": require("./texts.zh-HK"),
  ug: require("./texts.ug"),
};
const NAMES = [
  { id: "zh-CN", name: "简体中文" },
  { id: "zh-HK", name: "繁體中文" },
  { id: "ug", name: "ئۇيغۇرچە" },
  { id: "en", name: "English" },
];
const SPEAKS_FOR = "zh-CN"; // where a partial language is silent
const TRADITIONAL = /^zh.*-(hant|hk|mo|tw)\b/i;

function locale() {
  const kept = wx.getStorageSync("locale");
  return kept in ALL ? kept : SPEAKS_FOR;
}

/** The language for a device that speaks ``system``, while nobody has chosen one. */
function fitting(system) {
  if (TRADITIONAL.test(system)) return "zh-HK";
  if (/^zh/i.test(system)) return "zh-CN";
  return /^ug/i.test(system) ? "ug" : "en";
}

const direction = (language = locale()) => (language === "ug" ? "rtl" : "ltr");

/** All texts of one page in the language of now; ``lang`` and ``dir`` where another speaks. */
function of(page) {
  const own = ALL[locale()][page];
  return own || { ...ALL[SPEAKS_FOR][page], lang: SPEAKS_FOR, dir: direction(SPEAKS_FOR) };
}

/** "{n} months" with {n: 3} is "3 months". */
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

module.exports = { NAMES, locale, fitting, direction, of, fill };
