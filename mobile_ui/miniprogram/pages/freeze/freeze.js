// "This was not me": freezes an identity at once. Signed in by a press; without signing in by the
// word of a notice or the code on paper, which only the resident has.

const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");

Page({
  data: { t: {}, signedIn: false, byWord: true, word: "", fault: "", frozen: false, busy: false, code: "", problem: null, ways: [], browser: Boolean(wx.browserHost) },

  /** A word is somebody's own: it freezes them, whoever is signed in here. */
  onLoad({ word }) {
    this.setData({ word: word || "" });
    this.linked = Boolean(word);
  },

  onShow() {
    const t = texts.of("freeze");
    this.setData({ t, signedIn: session.signedIn(), byWord: this.linked || !session.signedIn() });
    wx.setNavigationBarTitle({ title: t.title });
  },

  type(event) {
    this.setData({ word: event.detail.value, fault: "" });
  },

  sendWord() {
    const word = this.data.word.trim();
    if (!word) return this.setData({ fault: this.data.t.wordMissing });
    return this.attempt(async () => {
      await request("/v1/freezes", { method: "POST", data: { word } });
      this.setData({ frozen: true, word: "" });
    });
  },

  /** It ends this session too, so nothing of it stays here. */
  byPress() {
    const { t } = this.data;
    wx.showModal({
      title: t.sureTitle, content: t.sureText, confirmText: t.now, cancelText: t.cancel,
      success: ({ confirm }) => confirm && this.attempt(async () => {
        await request("/v1/me/freeze", { method: "POST", signed: true });
        await session.leave({ forgetDevice: true });
        this.setData({ frozen: true, signedIn: false });
      }),
    });
  },

  newCode() {
    return this.attempt(async () => {
      const { code } = await request("/v1/me/freeze-code", { method: "POST", signed: true });
      this.setData({ code });
    });
  },

  print() {
    wx.browserHost.print();
  },

  async attempt(story) {
    this.setData({ busy: true, problem: null, fault: "" });
    try {
      await story();
    } catch (problem) {
      this.stop(problem);
    }
    this.setData({ busy: false });
  },

  stop(problem) {
    const { t } = this.data;
    if (problem.code === "freeze-word-unknown") this.setData({ fault: problem.detail });
    else {
      const first = visit.needsIdentity(problem) ? { id: "verify", text: t.verify } : { id: "close", text: t.again };
      this.setData({ problem, ways: [first], signedIn: session.signedIn(), byWord: this.linked || !session.signedIn() });
    }
  },

  way(event) {
    const { problem } = this.data;
    this.setData({ problem: null });
    if (event.detail.id === "verify") visit.verify("/pages/freeze/freeze", problem.ways || []);
  },

  lift() {
    visit.verify("");
  },
});
