// One's data: a copy of it all, saying that something is wrong, and having it erased.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const { save } = require("../../utils/save");
const texts = require("../../utils/texts");
const { moment } = require("../../utils/format");

Page(own({
  words: "rights",
  data: { corrections: [], fields: [], titles: [], at: 0, wanted: "", fault: "", correcting: false, erasing: false, eraseAfter: "", kept: [] },

  async load() {
    const [{ corrections }, erasure] = await Promise.all([request("/v1/me/corrections", { signed: true }), this.erasure()]);
    const { t } = this.data;
    const fields = Object.entries(t.fields).map(([id, title]) => ({ id, title }));
    this.setData({
      fields, titles: fields.map((one) => one.title), correcting: false,
      corrections: corrections.map((one) => ({ ...one, state: t.states[one.state], time: moment(one.created_at) })),
    });
    this.showErasure(erasure);
  },

  /** Null where none was asked for. */
  async erasure() {
    try {
      return await request("/v1/me/erasure", { signed: true });
    } catch (problem) {
      if (problem.status === 404) return null;
      throw problem;
    }
  },

  showErasure(erasure) {
    const { t } = this.data;
    this.setData({
      erasing: Boolean(erasure), eraseAfter: erasure ? texts.fill(t.eraseAfter, { time: moment(erasure.erase_after) }) : "",
      kept: erasure ? erasure.keeps.map((one) => one.text) : t.kept,
    });
  },

  copyJson() {
    return this.attempt(async () => {
      const copy = await request("/v1/me/export", { signed: true });
      await save({ name: this.named("json"), type: "application/json", text: JSON.stringify(copy, null, 2) });
    });
  },

  copyPage() {
    return this.attempt(async () => {
      const text = await request("/v1/me/export", { signed: true, accept: "text/html" });
      await save({ name: this.named("html"), type: "text/html", text });
    });
  },

  named(kind) {
    return `${this.data.t.file}-${new Date().toISOString().slice(0, 10)}.${kind}`;
  },

  correct() {
    this.setData({ correcting: true, wanted: "", fault: "" });
  },
  pick(event) {
    this.setData({ at: Number(event.detail.value) });
  },
  type(event) {
    this.setData({ wanted: event.detail.value, fault: "" });
  },

  send() {
    const { t, fields, at } = this.data;
    const wanted = this.data.wanted.trim();
    if (!wanted) return this.setData({ fault: t.wantedMissing });
    return this.attempt(async () => {
      await request("/v1/me/corrections", { method: "POST", data: { field: fields[at].id, wanted }, signed: true });
      this.say(t.sent);
      await this.load();
    });
  },

  erase() {
    const { t } = this.data;
    this.sure({ title: t.eraseTitle, content: t.eraseSure, yes: t.eraseYes }, async () => {
      this.showErasure(await request("/v1/me", { method: "DELETE", signed: true }));
    });
  },

  cancelErasure() {
    return this.attempt(async () => {
      await request("/v1/me/erasure", { method: "DELETE", signed: true });
      this.showErasure(null);
      this.say(this.data.t.cancelled);
    });
  },
}));
