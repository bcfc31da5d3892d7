// Anybody checks a certificate: by the code that is printed on it, or the PDF itself. Nobody signs in,
// and nothing is kept.

const { moment } = require("../../utils/format");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");
const upload = require("../../utils/upload");

const MOST = 5 * 1024 * 1024; // bytes, the limit of POST /v1/papers/judgement
const FACTS = ["title", "department", "number", "issued_on", "good_until", "sha256"];

Page({
  data: { t: {}, code: "", fault: "", busy: false, problem: null, found: null },

  onLoad({ code }) {
    const t = texts.of("papers");
    this.setData({ t, code: code || "" });
    wx.setNavigationBarTitle({ title: t.title });
    if (code) this.check();
  },

  type(event) {
    this.setData({ code: event.detail.value, fault: "" });
  },

  check() {
    const code = this.data.code.replace(/[\s-]/g, "");
    if (code.length !== 12) return this.setData({ fault: this.data.t.codeWrong });
    return this.ask(async () => {
      const { t } = this.data;
      const said = await request("/v1/papers/check", { method: "POST", data: { code } });
      const facts = FACTS.map((name) => ({ name: t.facts[name], value: said[name] }));
      return { good: said.state === "good", state: said.state, told: t[said.state], facts, signatures: [] };
    });
  },

  async choose() {
    let chosen;
    try {
      chosen = await upload.chooseFile();
    } catch {
      return; // thought better of it
    }
    await this.judge(chosen);
  },

  async judge({ path, size }) {
    const { t } = this.data;
    const body = size <= MOST ? await upload.read(path) : new ArrayBuffer(0);
    const kind = upload.kindOf(body);
    if (!kind || kind.label !== "PDF") return this.setData({ fault: t.notPdf });
    return this.ask(async () => {
      const said = await request("/v1/papers/judgement", { method: "POST", body, type: kind.type, name: "document.pdf" });
      return { good: said.state === "valid", state: said.state, told: t.states[said.state], facts: [], signatures: said.signatures.map((one) => this.signature(one)) };
    });
  },

  signature(one) {
    const { t } = this.data;
    const lines = [texts.fill(t.by, { by: one.organisation && one.organisation !== one.by ? `${one.organisation} ${one.by}` : one.by })];
    if (one.issuer) lines.push(texts.fill(t.issuer, one));
    if (one.at) lines.push(texts.fill(t.at, { time: moment(one.at) }));
    if (one.stamped) lines.push(t.stamped);
    return { serial: one.serial || one.by, lines };
  },

  async ask(story) {
    this.setData({ busy: true, problem: null, fault: "", found: null });
    try {
      this.setData({ found: await story(), busy: false });
    } catch (problem) {
      this.setData({ problem, busy: false });
    }
  },

  again() {
    this.setData({ found: null, problem: null, code: "", fault: "" });
  },
});
