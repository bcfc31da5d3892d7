// Applying: the form as the service's schema says, its materials, one more look, and once only.
// A draft is kept at the server as soon as the form is filled in, so nothing is lost on the way.

const { collect, fieldsOf, readable, refused } = require("../../utils/form");
const { stages } = require("../../utils/item");
const { keys, newKey } = require("../../utils/once");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const region = require("../../utils/region");
const texts = require("../../utils/texts");

const FORM = 0;
const MATERIALS = 1;
const REVIEW = 2;
const path = (number) => `/v1/applications/${encodeURIComponent(number)}`;

Page(own({
  words: "apply",
  data: {
    id: "", service: null, step: FORM, fields: [], shown: [], places: [], ids: [], lacking: "", paper: null, signing: {},
    uploading: false, agreed: false, fault: "", told: "", parts: "", number: "", sent: false, numberText: "",
  },

  onLoad({ id, draft, paper, papers }) {
    this.once = keys();
    this.typed = [];
    this.shown = paper ? { paper, ids: papers ? papers.split(",") : [] } : null;
    this.setData({ id: id || "", number: draft || "" });
  },

  address() {
    const { id, number, paper, ids } = this.data;
    const signing = paper ? `&paper=${encodeURIComponent(paper.id)}&papers=${encodeURIComponent(ids.join(","))}` : "";
    return `/pages/apply/apply?id=${encodeURIComponent(id)}${number ? `&draft=${encodeURIComponent(number)}` : ""}${signing}`;
  },

  /** Read once: what is typed stays when one comes back from proving who one is. */
  async load() {
    if (this.data.service) {
      wx.setNavigationBarTitle({ title: this.data.service.title });
      const story = this.halted;
      this.halted = null;
      if (story) await story();
      return;
    }
    const { number } = this.data;
    const draft = number ? await request(path(number), { signed: true }) : null;
    const id = draft ? draft.service.id : this.data.id;
    const where = region.code() ? `?region=${region.code()}` : "";
    const service = await request(`/v1/services/${encodeURIComponent(id)}${where}`);
    wx.setNavigationBarTitle({ title: service.title });
    this.open(service, draft);
    if (this.shown) await this.resume(this.shown);
  },

  /** Back from proving who one is, elsewhere: the same document waits for its signature. */
  async resume({ paper: id, ids }) {
    this.shown = null;
    const paper = await request(`/v1/signatures/${encodeURIComponent(id)}`, { signed: true }).catch(() => null);
    if (paper) this.setData({ paper, ids, signing: texts.of("sign"), step: REVIEW });
  },

  open(service, draft) {
    const { t } = this.data;
    const first = stages(service.steps)[0];
    const days = service.item.promised_days;
    const fields = fieldsOf(service.question, draft ? draft.form : {});
    this.typed = fields;
    this.setData({
      id: service.id, service, fields,
      told: days ? texts.fill(t.promise, { n: days }) : t.promiseNow,
      parts: first && first.parallel ? texts.fill(t.parts, { names: first.steps.map((one) => one.department).join("、") }) : "",
    });
    if (draft) this.setData({ number: draft.number });
  },

  type(event) {
    this.typed = event.detail.fields;
  },

  /** The form is whole: the draft is kept, and it is seen which materials are there already. */
  fill(event) {
    const { fields } = event.detail;
    this.typed = fields;
    return this.go(async () => {
      await this.draft();
      const places = await this.places();
      const step = places.length ? MATERIALS : REVIEW;
      if (step === REVIEW) await this.lay();
      this.setData({ fields, places, shown: readable(fields), step, agreed: false, fault: "" });
    });
  },

  /** Where the application is signed: the document as it would be, each time it is looked at. */
  async lay() {
    const { id, service } = this.data;
    const signs = (service.materials || []).some((one) => one.sources.includes("signature"));
    const data = { service: id, form: collect(this.typed) };
    const paper = signs ? await request("/v1/signatures", { method: "POST", data, key: newKey(), signed: true }) : null;
    this.setData({ paper, signing: texts.of("sign"), agreed: false });
  },

  save() {
    return this.go(async () => {
      await this.draft();
      this.say(this.data.t.saved);
    });
  },

  async draft() {
    const { id, number } = this.data;
    const form = collect(this.typed);
    const made = number
      ? await request(path(number), { method: "PUT", data: { form }, signed: true })
      : await request(`/v1/services/${encodeURIComponent(id)}/drafts`, { method: "POST", data: { form }, signed: true });
    this.setData({ number: made.number });
  },

  /** Where each material comes from for this resident, and whether it may be uploaded. */
  async places() {
    const { id, service, places } = this.data;
    const wanted = service.materials || [];
    if (places.length || !wanted.length) return places; // what was uploaded stays
    const { materials } = await request(`/v1/services/${encodeURIComponent(id)}/materials`, { signed: true });
    const upload = (kind) => wanted.some((one) => one.kind === kind && one.sources.includes("upload"));
    return materials.filter((one) => one.source !== "signature").map((one) => ({ ...one, upload: upload(one.kind) }));
  },

  materials(event) {
    const { ids, missing, busy } = event.detail;
    this.setData({ ids, uploading: busy, lacking: missing.length ? texts.fill(this.data.t.missing, { names: missing.join("、") }) : "", fault: missing.length ? this.data.fault : "" });
  },
  review() {
    const { lacking, uploading } = this.data;
    if (lacking || uploading) return this.setData({ fault: lacking });
    return this.go(async () => {
      await this.lay();
      this.setData({ step: REVIEW, fault: "", agreed: false });
    });
  },
  back() {
    const { step, places } = this.data;
    this.setData({ step: step === REVIEW && places.length ? MATERIALS : FORM, fields: this.typed, fault: "", problem: null });
  },
  change() {
    this.setData({ step: FORM, fields: this.typed, fault: "" });
  },
  agree(event) {
    this.setData({ agreed: event.detail.value.length > 0, fault: "" });
  },

  /** The key belongs to what is sent: pressed twice, or sent again on a broken line, it is one. */
  submit() {
    const { agreed, t, id, ids, number, paper, signing } = this.data;
    if (!agreed) return this.setData({ fault: (paper ? signing : t).agreeMissing });
    return this.go(async () => {
      const signed = paper ? [await this.sign(paper)] : [];
      const data = { form: collect(this.typed), materials: [...ids, ...signed], ...(number ? { draft: number } : {}) };
      const receipt = await request(`/v1/services/${encodeURIComponent(id)}/applications`, { method: "POST", data, key: this.once.for(data), signed: true });
      this.setData({ sent: true, number: receipt.number, numberText: texts.fill(t.number, receipt) });
      wx.pageScrollTo({ scrollTop: 0 });
    });
  },

  /** The signed document's id. One that was shown too long ago is shown anew. */
  async sign(paper) {
    try {
      return (await request(`/v1/signatures/${encodeURIComponent(paper.id)}/confirmation`, { method: "POST", data: {}, signed: true })).id;
    } catch (problem) {
      if (["signature-lapsed", "signature-missing"].includes(problem.code)) {
        await this.lay();
        this.say(this.data.signing.again);
      }
      throw problem;
    }
  },

  /** As attempt; what a missing proof stops goes on when one comes back with it. */
  async go(story) {
    this.halted = null;
    const done = await this.attempt(story);
    const { problem } = this.data;
    if (done) wx.pageScrollTo({ scrollTop: 0 });
    else if (problem && problem.status === 401) this.halted = story;
    else if (problem && problem.status === 422 && (problem.fields || []).length) this.setData({ step: FORM, fields: refused(this.typed, problem), problem: null });
  },

  follow() {
    wx.redirectTo({ url: `/pages/application/application?number=${encodeURIComponent(this.data.number)}` });
  },
  home() {
    wx.switchTab({ url: "/pages/home/home" });
  },
}));
