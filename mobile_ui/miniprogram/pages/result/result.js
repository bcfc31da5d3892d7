// Shown once after a verification: who was recognised, at which level, until when; and whether
// this device shall bring them back without a new proof, which is theirs to choose.

const returning = require("../../utils/returning");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");

const SENSITIVE = 4;

Page({
  data: { t: {}, card: {}, resident: null, back: "", low: false, later: false, canStay: false, stayed: false, busy: false, why: "" },

  onLoad({ back }) {
    const t = texts.of("result");
    const { globalData } = getApp();
    const { resident, acr } = globalData;
    const acrNow = Number(acr || 0);
    this.setData({
      t, card: texts.of("card"), resident, back: back || "",
      low: Boolean(resident) && resident.proofed < SENSITIVE,
      later: Boolean(resident) && resident.proofed >= SENSITIVE && acrNow < SENSITIVE,
      canStay: returning.possible(), stayed: Boolean(session.remembered()),
    });
    Object.assign(globalData, { resident: null, acr: "" });
    wx.setNavigationBarTitle({ title: t.title });
  },

  async stay() {
    const { t, resident } = this.data;
    this.setData({ busy: true, why: "" });
    try {
      await returning.stay(resident.name);
      this.setData({ stayed: true });
    } catch (problem) {
      this.setData({ why: texts.fill(t.stayFailed, { why: problem.detail || "" }) });
    }
    this.setData({ busy: false });
  },

  passkey() {
    wx.navigateTo({ url: "/pages/devices/devices" });
  },
  goOn() {
    visit.goOn(this.data.back);
  },
  goHome() {
    wx.switchTab({ url: "/pages/home/home" });
  },
  goMe() {
    wx.switchTab({ url: "/pages/me/me" });
  },
});
