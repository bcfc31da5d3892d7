// A kiosk asks the resident's phone: where it stands, what for, which data. Allowed, the phone
// shows a number that is typed at the kiosk: only who stands there can do that.

const asked = require("../../utils/asked");
const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");
const { clock } = require("../../utils/format");

const CLAIMED = "session:handoff"; // {code, id}: claimed once, and proving may leave this page
const AGAIN = [0, 429, 500, 502, 503, 504];

Page({
  data: {
    t: {}, a: {}, dir: "", step: "waiting", shown: 0, remembered: null, handoff: null, rows: [], until: "", typed: "", codeFault: "",
    number: "", spelled: "", said: "", ways: [], problem: null, troubleWays: [], busy: false,
  },

  onLoad({ code }) {
    this.code = code || "";
  },

  onShow() {
    this.translate();
    if (!["number", "refused"].includes(this.data.step)) this.load();
  },

  translate() {
    const t = texts.of("handoff");
    this.setData({ t, a: texts.of("asked"), dir: texts.direction(), shown: this.data.shown + 1, remembered: session.remembered() });
    wx.setNavigationBarTitle({ title: t.title });
  },

  async load() {
    if (!this.code) this.setData({ step: "typing", problem: null });
    else if (!session.signedIn()) this.setData({ step: "stranger", problem: null, remembered: session.remembered() });
    else await this.claim();
  },

  /** Once for a code: what was claimed is looked up again after proving who one is. */
  async claim() {
    const kept = wx.getStorageSync(CLAIMED);
    const again = kept && kept.code === this.code ? `/${encodeURIComponent(kept.id)}` : "";
    try {
      const asking = again ? { method: "GET" } : { method: "POST", data: { code: this.code } };
      const handoff = await request(`/v1/handoffs${again}`, { ...asking, signed: true });
      wx.setStorageSync(CLAIMED, { code: this.code, id: handoff.id });
      this.show(handoff);
    } catch (problem) {
      this.refused(problem);
    }
  },

  show(handoff) {
    const { t } = this.data;
    const left = (new Date(handoff.expires_at).getTime() - Date.now()) / 1000;
    this.setData({
      handoff, problem: null, step: handoff.step_up ? "stale" : "deciding", rows: asked.rows(handoff.scopes),
      ways: handoff.step_up ? handoff.step_up.ways || [] : [], until: texts.fill(t.until, { time: clock(left) }),
    });
  },

  allow() {
    return this.answer("allow");
  },
  refuse() {
    return this.answer("refuse");
  },

  async answer(decision) {
    if (this.data.busy) return;
    if (!this.data.handoff) {
      this.over("refused"); // nothing was claimed: nothing has to be taken back
      return;
    }
    this.setData({ busy: true });
    try {
      const path = `/v1/handoffs/${encodeURIComponent(this.data.handoff.id)}`;
      const { number } = await request(path, { method: "POST", data: { decision }, signed: true });
      if (decision === "allow") this.tell(number);
      else this.over("refused");
    } catch (problem) {
      this.refused(problem);
    }
    this.setData({ busy: false });
  },

  /** Read out digit by digit, where there is somebody who listens. */
  tell(number) {
    const { t } = this.data;
    const spelled = String(number).split("").join(" ");
    this.setData({ number, spelled, said: `${t.numberTitle}。${texts.fill(t.numberSaid, { digits: spelled })}` });
    this.over("number");
  },

  over(step) {
    wx.removeStorageSync(CLAIMED);
    this.setData({ step, problem: null });
    wx.pageScrollTo({ scrollTop: 0 });
  },

  refused(problem) {
    const { a, t } = this.data;
    if (problem.code === "step-up-needed") {
      this.setData({ step: "stale", ways: problem.ways || [], problem: null });
      return;
    }
    if (problem.status === 401) {
      this.setData({ step: "stranger", problem: null });
      return;
    }
    wx.removeStorageSync(CLAIMED);
    const first = AGAIN.includes(problem.status) ? { id: "again", text: a.again } : { id: "type", text: t.rescan };
    this.setData({ step: "trouble", problem: { icon: "alert-circle", ...problem }, troubleWays: [first, { id: "home", text: a.home }] });
  },

  way(event) {
    const { id } = event.detail;
    if (id === "home") this.home();
    else if (id === "type") this.begin("");
    else this.load();
  },
  home() {
    wx.switchTab({ url: "/pages/home/home" });
  },

  begin(code) {
    this.code = code;
    this.setData({ handoff: null, typed: "", codeFault: "" });
    this.load();
  },

  type(event) {
    this.setData({ typed: event.detail.value, codeFault: "" });
  },
  submit() {
    const code = this.data.typed.replace(/[\s-]/g, "").toUpperCase();
    if (code) this.begin(code);
    else this.setData({ codeFault: this.data.t.codeMissing });
  },

  verify() {
    visit.verify(`/pages/handoff/handoff?code=${encodeURIComponent(this.code)}`, this.data.ways);
  },

  returned() {
    this.translate();
    this.load();
  },

  spoken() {
    this.translate();
    if (["deciding", "stale"].includes(this.data.step)) this.load();
  },
});
