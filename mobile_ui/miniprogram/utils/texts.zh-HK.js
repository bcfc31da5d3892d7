// 未經審閱：機器草擬（unreviewed, machine-made）。這裏沒有的，用簡體中文。

module.exports = {
  ...require("./texts/proving.zh-HK"),
  ...require("./texts/partners.zh-HK"),
  tabs: { home: "首頁", me: "我的" },
  problems: {
    offlineTitle: "網絡不通",
    offlineDetail: "請檢查網絡連線後再試。",
    otherTitle: "暫時未能完成",
    otherDetail: "請稍後再試。",
    comeBack: "請在 {time} 之後再來",
  },
};
