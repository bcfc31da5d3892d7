// A partner asks to sign the resident in: who asks, what for, which fields, until when; and the
// resident's answer. The interaction belongs to the browser that began it, by a cookie.

const asked = require("../../utils/asked");
const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");
const { day } = require("../../utils/format");

const RETRY = [0, 429, 500, 502, 503, 504]; // the same once more may go well

Page({
  data: {
    t: {}, a: {}, dir: "", step: "waiting", shown: 0, remembered: null, client: null, purpose: "", heading: "", until: "", host: "",
    rows: [], counted: "", code: "", ways: [], leaving: "", leave: "", problem: null, troubleWays: [], busy: false,
  },

  onLoad({ interaction }) {
    this.id = interaction || "";
  },

  onShow() {
    this.translate();
    if (this.data.step !== "leaving") this.load();
  },

  translate() {
    const t = texts.of("allow");
    this.setData({ t, a: texts.of("asked"), dir: texts.direction(), shown: this.data.shown + 1, remembered: session.remembered() });
    wx.setNavigationBarTitle({ title: t.title });
  },

  async load() {
    const { t } = this.data;
    if (!wx.browserHost) return this.refused({ status: 409, code: "outside-browser", ...t.outside, icon: "world" });
    if (!this.id) return this.refused({ status: 404, code: "interaction-missing", ...t.missing });
    try {
      const wish = await this.read();
      if (wish.silent) await this.send(wish.signed_in ? "" : "/login-required", "silent");
      else this.show(wish);
    } catch (problem) {
      this.refused(problem);
    }
    return undefined;
  },

  /** A session that is over makes the resident a stranger here, not a failure. */
  async read() {
    const known = session.signedIn();
    try {
      return await this.call("", "GET");
    } catch (problem) {
      if (!known || session.signedIn() || problem.status !== 401) throw problem;
      return this.call("", "GET");
    }
  },

  call(part, method, data) {
    return request(`/v1/interactions/${encodeURIComponent(this.id)}${part}`, { method, data, signed: session.signedIn(), cookies: true });
  },

  show(wish) {
    const { t, a } = this.data;
    const { client } = wish;
    const step = (!wish.signed_in && "stranger") || (wish.step_up && "stale") || "deciding";
    this.setData({
      step, client, purpose: wish.purpose, host: wish.redirect_host, problem: null,
      heading: texts.fill(t.heading, { name: client.name }),
      code: client.credit_code ? texts.fill(a.code, { code: client.credit_code }) : "",
      until: texts.fill(t.untilDay, { day: day(wish.until) }),
      ways: wish.step_up ? wish.step_up.ways || [] : [],
    });
    this.count(this.kept(asked.rows(wish.scopes)));
  },

  /** What was chosen before proving once more, or before another language, stays chosen. */
  kept(rows) {
    const before = new Map(this.data.rows.map((row) => [row.id, row.chosen]));
    return rows.reduce((all, { id }) => (before.has(id) ? asked.choose(all, id, before.get(id)) : all), rows);
  },

  count(rows) {
    const { t } = this.data;
    this.setData({ rows, counted: texts.fill(t.counted, { n: rows.filter((row) => row.chosen).length, all: rows.length }) });
  },

  choose(event) {
    const { id, value } = event.detail;
    this.count(asked.choose(this.data.rows, id, value));
  },

  allow() {
    return this.answer("", "allow");
  },
  /** Who is not signed in refuses as well: a stranger's refusal needs no proof. */
  refuse() {
    return this.answer(this.data.step === "stranger" ? "/login-required" : "", "refuse");
  },

  async answer(part, decision) {
    if (this.data.busy) return;
    this.setData({ busy: true });
    try {
      await this.send(part, decision);
    } catch (problem) {
      this.refused(problem);
    }
    this.setData({ busy: false });
  },

  async send(part, decision) {
    const scopes = decision === "allow" ? { scopes: asked.given(this.data.rows) } : {};
    const { redirect_to: to } = await this.call(part, "POST", { decision, ...scopes });
    const { t, host } = this.data;
    this.to = to;
    this.setData({ step: "leaving", problem: null, leaving: texts.fill(t.leaving, { host }), leave: texts.fill(t.leave, { host }) });
    this.go();
  },

  go() {
    wx.browserHost.leaveTo(this.to);
  },

  refused(problem) {
    const { a } = this.data;
    if (problem.code === "step-up-needed") {
      this.setData({ step: "stale", ways: problem.ways || [], problem: null });
      return;
    }
    const retry = RETRY.includes(problem.status) || problem.status === 401;
    const ways = retry ? [{ id: "again", text: a.again }, { id: "home", text: a.home }] : [{ id: "home", text: a.home }];
    this.setData({ step: "trouble", problem: { icon: "alert-circle", ...problem }, troubleWays: ways });
  },

  way(event) {
    if (event.detail.id === "home") wx.switchTab({ url: "/pages/home/home" });
    else this.load();
  },

  verify() {
    visit.verify(`/pages/consent/consent?interaction=${encodeURIComponent(this.id)}`, this.data.ways);
  },

  /** Came back by this device's key, or is somebody else. */
  returned() {
    this.translate();
    this.load();
  },

  spoken() {
    this.translate();
    if (this.data.step !== "leaving") this.load();
  },
});
