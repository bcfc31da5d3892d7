// The program as a whole: which language it speaks, who has just been verified.

const texts = require("./utils/texts");

App({
  globalData: { resident: null },

  onLaunch() {
    const kept = wx.getStorageSync("locale");
    const system = wx.getSystemInfoSync().language || "zh-CN";
    this.speak(kept || texts.fitting(system));
  },

  /** Changes the language at once and remembers it on this device; what was just said in another
   * one is heard no more. */
  speak(locale) {
    if (texts.locale() !== locale) wx.hideToast({ fail() {} });
    wx.setStorageSync("locale", locale);
    const tabs = texts.of("tabs");
    wx.setTabBarItem({ index: 0, text: tabs.home });
    wx.setTabBarItem({ index: 1, text: tabs.me });
  },
});
