// One application as everybody sees it: where it is, who works on it now, what is asked of one, what
// was decided and why, and everything that happened. It looks again by itself while others work.

const cases = require("../../utils/case");
const { collect, fieldsOf, readable } = require("../../utils/form");
const { date } = require("../../utils/format");
const { keys, newKey } = require("../../utils/once");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const { save } = require("../../utils/save");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");

const SOON = 1000; // ms between looks while somebody works
const LATER = 10_000;
const OFTEN = 40; // looks before it becomes less often

Page(own({
  words: "application",
  data: {
    number: "", found: null, look: {}, stateText: "", told: "", numberText: "", clock: null, form: [], events: [], news: "",
    rated: "", ticket: null, may: {}, places: [], fields: [], asked: null, ids: [], lacking: "", uploading: false, fault: "", paper: null, signing: {}, signed: null, working: false,
  },

  onLoad({ number }) {
    this.once = keys();
    this.looks = 0;
    this.setData({ number: number || "" });
  },

  address() {
    return `/pages/application/application?number=${encodeURIComponent(this.data.number)}`;
  },
  path(part = "") {
    return `/v1/applications/${encodeURIComponent(this.data.number)}${part}`;
  },

  async load() {
    clearTimeout(this.timer);
    const found = await request(this.path(), { signed: true });
    if (!this.service) this.service = await request(`/v1/services/${encodeURIComponent(found.service.id)}`).catch(() => null);
    wx.setNavigationBarTitle({ title: found.service.title });
    this.show(found);
    this.watch();
  },

  show(found) {
    const { t } = this.data;
    const changed = this.data.found && this.data.found.state !== found.state;
    const { rating } = found;
    const working = cases.working(found);
    this.setData({
      found, look: cases.look(found.state), stateText: t.states[found.state] || found.state_title, told: t.told[working && found.state === "approved" ? "carried-out" : found.state] || "",
      numberText: texts.fill(t.number, found), clock: cases.UNDER_WAY.includes(found.state) ? cases.clock(found.clock, t) : null,
      form: this.service ? readable(fieldsOf(this.service.question, found.form)) : [], events: cases.events(found.events, t),
      may: Object.fromEntries(found.may.map((one) => [one, true])), working,
      rated: rating ? (rating.grade ? texts.fill(t.rated, { grade: texts.of("rating").grades[rating.grade - 1] }) : t.ranOut) : "",
      ticket: rating && rating.ticket ? { told: texts.fill(t.ticket, { number: rating.ticket }), url: `/pages/ticket/ticket?number=${encodeURIComponent(rating.ticket)}` } : null,
      signing: texts.of("sign"), signed: (found.materials || []).filter((one) => one.source === "signed").pop() || null,
      news: changed ? texts.fill(t.refresh, { state: t.states[found.state] || found.state_title }) : this.data.news,
    });
    this.ask(found.supplement);
  },

  /** What a supplement wants: documents, fields of the form, or both. Drawn once, not at each look. */
  ask(supplement) {
    const said = JSON.stringify(supplement || null);
    if (said === this.said) return;
    this.said = said;
    const { t } = this.data;
    const codes = supplement ? supplement.wanted.map((one) => one.kind) : [];
    const documents = ((this.service || {}).materials || []).filter((one) => codes.includes(one.kind)).map((one) => ({ ...one, required: true, source: "upload", upload: true }));
    const fields = this.service && supplement ? fieldsOf(this.service.question, this.data.found.form).filter((field) => codes.includes(field.id.split(".")[0])) : [];
    this.typed = fields;
    this.setData({
      asked: supplement ? { ...supplement, due: texts.fill(t.supplementDue, { day: date(supplement.due_on) }) } : null,
      places: documents, fields, ids: [], lacking: "", fault: "", paper: null,
    });
  },

  /** Looks again: soon while offices work, seldom while it waits for somebody. */
  watch() {
    if (!this.data.working) return;
    this.looks += 1;
    this.lookIn(this.looks < OFTEN ? SOON : LATER, () => this.lookAgain());
  },
  async lookAgain() {
    this.show(await request(this.path(), { signed: true }));
    this.watch();
  },

  materials(event) {
    const { ids, missing, busy } = event.detail;
    const t = texts.of("apply");
    this.setData({ ids, uploading: busy, lacking: missing.length ? texts.fill(t.missing, { names: missing.join("、") }) : "", fault: missing.length ? this.data.fault : "" });
  },
  type(event) {
    this.typed = event.detail.fields;
    if (this.data.paper) this.setData({ paper: null });
  },
  filled(event) {
    this.typed = event.detail.fields;
    return this.answer();
  },

  answer() {
    const { lacking, ids, fields, found, t } = this.data;
    if (lacking) return this.setData({ fault: lacking });
    const form = fields.length ? { form: { ...found.form, ...collect(this.typed) } } : {};
    const signs = fields.length && (this.service.materials || []).some((one) => one.sources.includes("signature"));
    if (signs && !this.data.paper) return this.lay(form);
    return this.attempt(async () => {
      const data = { ...form, materials: signs ? [...ids, await this.sign()] : ids };
      await request(this.path("/supplement"), { method: "POST", data, key: this.once.for(data), signed: true });
      this.say(t.supplementDone);
      this.looks = 0;
      await this.load();
    });
  },

  /** What was signed says something else by now: the document is shown anew, and signed again. */
  lay({ form }) {
    const data = { service: this.data.found.service.id, form };
    return this.attempt(async () => {
      const paper = await request("/v1/signatures", { method: "POST", data, key: newKey(), signed: true });
      this.setData({ paper, signing: texts.of("sign") });
    });
  },
  async sign() {
    const path = `/v1/signatures/${encodeURIComponent(this.data.paper.id)}/confirmation`;
    try {
      return (await request(path, { method: "POST", data: {}, signed: true })).id;
    } catch (problem) {
      if (["signature-lapsed", "signature-missing"].includes(problem.code)) this.setData({ paper: null });
      throw problem;
    }
  },

  signedFile() {
    const { id, name } = this.data.signed;
    return this.attempt(async () => {
      const content = await request(`/v1/materials/${encodeURIComponent(id)}`, { signed: true, binary: true });
      await save({ name, type: "application/pdf", content });
    });
  },

  withdraw() {
    const { t } = this.data;
    this.sure({ title: t.withdrawTitle, content: t.withdrawText, yes: t.withdraw }, () => this.does("/withdrawal", t.withdrawn));
  },
  collect() {
    return this.attempt(() => this.does("/collection", this.data.t.collected));
  },
  async does(part, said) {
    await request(this.path(part), { method: "POST", data: {}, signed: true });
    this.say(said);
    await this.load();
  },

  unlock() {
    visit.verify(this.address());
  },
  go() {
    wx.navigateTo({ url: `/pages/apply/apply?id=${encodeURIComponent(this.data.found.service.id)}&draft=${encodeURIComponent(this.data.number)}` });
  },
  rate() {
    wx.navigateTo({ url: `/pages/rating/rating?number=${encodeURIComponent(this.data.number)}` });
  },
  complain() {
    wx.navigateTo({ url: `/pages/complaint/complaint?number=${encodeURIComponent(this.data.number)}` });
  },
}));
