// The words of the pages. Both languages hold the same keys (a test says so).

const ALL = {
  "zh-CN": require("./texts.zh-CN"),
  en: require("./texts.en"),
};

function locale() {
  const kept = wx.getStorageSync("locale");
  return kept in ALL ? kept : "zh-CN";
}

/** All texts of one page in the language of now. */
const of = (page) => ALL[locale()][page];

/** "{n} months" with {n: 3} is "3 months". */
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

module.exports = { locale, of, fill };
