// One service, whichever it is: its question as a form and its answer as its schema says; what an
// application asks before it begins; where a window does what cannot be done here.

const { keys } = require("../../utils/once");
const { request } = require("../../utils/request");
const acting = require("../../utils/acting");
const { collect, fieldsOf, refused } = require("../../utils/form");
const region = require("../../utils/region");
const { save } = require("../../utils/save");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const { day, moment } = require("../../utils/format");
const visit = require("../../utils/visit");

Page({
  data: {
    t: {}, i: {}, q: {}, id: "", service: null, fields: [], answer: null, by: "", who: "", at: "", fresh: "", busy: false,
    problem: null, ways: [], waiting: true, shown: 0, paper: "", papers: {},
  },

  onLoad({ id }) {
    const t = texts.of("service");
    this.once = keys();
    this.setData({ t, i: texts.of("item"), q: texts.of("quote"), papers: texts.of("papers"), id: id || "" });
    wx.setNavigationBarTitle({ title: t.title });
    this.read();
  },

  /** Back from verification: go on where the resident was stopped. */
  onShow() {
    this.setData({ shown: this.data.shown + 1 });
    if (visit.needsIdentity(this.data.problem) && session.signedIn() && this.data.service) this.begin();
  },

  async read() {
    const { id, t } = this.data;
    if (!id) {
      this.stop({ status: 404, code: "missing", title: t.missingTitle, detail: t.missingText, icon: "alert-circle" });
      return;
    }
    this.setData({ waiting: true, problem: null });
    try {
      const where = region.code() ? `?region=${region.code()}` : "";
      const service = await request(`/v1/services/${encodeURIComponent(id)}${where}`);
      const asks = service.kind === "query";
      this.setData({ service, fields: asks ? fieldsOf(service.question || {}) : [] });
      wx.setNavigationBarTitle({ title: service.title });
      if (asks) this.begin();
      else this.setData({ waiting: false });
    } catch (problem) {
      this.stop(problem);
    }
  },

  /** What needs no answer from the person is asked at once; the form then narrows it down. */
  begin() {
    const { fields, service } = this.data;
    if (service.signed_in && !session.signedIn()) this.stop(this.unknown());
    else if (fields.some((field) => field.required && field.value === "")) this.setData({ waiting: false, problem: null });
    else this.ask({ detail: { fields } });
  },

  unknown() {
    const { t } = this.data;
    return { status: 401, code: "sign-in-needed", title: t.needTitle, detail: t.needText, icon: "shield-lock" };
  },

  async ask(event) {
    const { fields } = event.detail;
    this.setData({ busy: true, problem: null, waiting: !this.data.answer });
    try {
      const { id } = this.data;
      const ask = acting.covers(id) ? acting.requestFor : request;
      const found = await ask(`/v1/services/${encodeURIComponent(id)}/answers`, { method: "POST", data: collect(fields), signed: true });
      this.show(found, fields);
    } catch (problem) {
      this.stop(problem, fields);
    }
  },

  show(found, fields) {
    const { t } = this.data;
    const time = moment(found.answered_at);
    this.setData({
      answer: found.answer, fields, waiting: false, busy: false, problem: null,
      paper: this.data.service.paper && !acting.covers(this.data.id) ? this.data.papers.take : "",
      by: texts.fill(t.by, { who: found.answered_by.title }), who: found.answered_by.title,
      fresh: found.as_of ? texts.fill(t.fresh, { day: day(found.as_of) }) : "",
      at: texts.fill(found.age_seconds ? t.old : t.at, { time, n: found.age_seconds }),
    });
  },

  stop(problem, fields) {
    const { t, service } = this.data;
    const verify = { id: "verify", text: t.verify };
    const again = { id: "again", text: t.again };
    const home = { id: "home", text: t.home };
    const told = visit.needsIdentity(problem) && problem.code !== "step-up-needed" ? { ...problem, ...this.unknown() } : problem;
    const others = problem.status === 422 ? [home] : [again, home]; // the form below is the way on
    const ways = visit.needsIdentity(problem) ? [verify, home] : others;
    this.setData({ problem: told, ways, waiting: false, busy: false, answer: null, ...(fields && service ? { fields: refused(fields, problem) } : {}) });
  },

  /** The answer as a sealed document; pressed twice it is the same one. */
  async take() {
    const { id, fields, papers } = this.data;
    const data = collect(fields);
    this.setData({ busy: true, problem: null });
    try {
      const key = this.once.for({ id, data });
      const content = await request(`/v1/services/${encodeURIComponent(id)}/papers`, { method: "POST", data, key, signed: true, binary: true });
      await save({ name: `${this.data.service.title}${papers.file}.pdf`, type: "application/pdf", content });
      this.setData({ busy: false });
    } catch (problem) {
      this.stop(problem, fields);
    }
  },

  enter() {
    const { page } = this.data.service;
    wx.navigateTo({ url: `/pages/${page}/${page}` });
  },

  book() {
    wx.navigateTo({ url: `/pages/book/book?id=${encodeURIComponent(this.data.id)}` });
  },
  reckon() {
    wx.navigateTo({ url: `/pages/quote/quote?id=${encodeURIComponent(this.data.id)}` });
  },

  apply() {
    wx.navigateTo({ url: `/pages/apply/apply?id=${encodeURIComponent(this.data.id)}` });
  },

  /** No longer for somebody else: what stands here was theirs. */
  stopped() {
    this.setData({ answer: null });
    this.begin();
  },

  way(event) {
    const { id } = event.detail;
    if (id === "verify") visit.verify(visit.service(this.data.id), (this.data.problem || {}).ways || []);
    else if (id === "home") wx.switchTab({ url: "/pages/home/home" });
    else if (this.data.service) this.ask({ detail: { fields: this.data.fields } });
    else this.read();
  },
});
