// Shown once after a verification: who was recognised, at which level, until when.

const texts = require("../../utils/texts");

Page({
  data: { t: {}, card: {}, resident: null, back: "" },

  onLoad({ back }) {
    const t = texts.of("result");
    const app = getApp();
    this.setData({ t, card: texts.of("card"), resident: app.globalData.resident, back: back || "" });
    app.globalData.resident = null;
    wx.setNavigationBarTitle({ title: t.title });
  },

  goOn() {
    wx.redirectTo({ url: this.data.back });
  },
  goHome() {
    wx.switchTab({ url: "/pages/home/home" });
  },
  goMe() {
    wx.switchTab({ url: "/pages/me/me" });
  },
});
