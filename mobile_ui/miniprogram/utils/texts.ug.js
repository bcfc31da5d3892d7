// unreviewed, machine-made: no speaker of Uyghur has read these words yet. What is not here is said
// in simplified Chinese.

module.exports = {
  ...require("./texts/proving.ug"),
  ...require("./texts/partners.ug"),
  tabs: { home: "باش بەت", me: "مېنىڭ" },
  problems: {
    offlineTitle: "تورغا ئۇلىنالمىدى",
    offlineDetail: "تور ئۇلىنىشىنى تەكشۈرۈپ قايتا سىناڭ.",
    otherTitle: "ھازىرچە تاماملىغىلى بولمىدى",
    otherDetail: "سەل تۇرۇپ قايتا سىناڭ.",
    comeBack: "{time} دىن كېيىن قايتا كېلىڭ",
  },
};
