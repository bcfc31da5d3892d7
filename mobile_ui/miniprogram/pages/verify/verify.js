// A resident proves who they are, once: consent, name and number, face.

const { request } = require("../../utils/request");
const idNumber = require("../../utils/id-number");
const session = require("../../utils/session");
const texts = require("../../utils/texts");

const STEPS = ["consent", "person", "face"];
const ABOUT_PERSON = /^(id-number-|name-invalid|document-type)/;
const ABOUT_CONSENT = /^consent-/;
// Another try would not help: waiting, or signing the other resident out, does.
const NO_RETRY = ["try-budget-spent", "too-many-from-address", "another-resident"];

Page({
  data: {
    t: {}, step: "consent", at: 0, consent: null, paragraphs: [], agreed: false, name: "", number: "",
    nameFault: "", numberFault: "", challenge: null, problem: null, ways: [], sandbox: "", back: "",
  },

  onLoad({ back }) {
    const t = texts.of("verify");
    this.setData({ t, back: back || "" });
    wx.setNavigationBarTitle({ title: t.title });
    this.readConsent();
    this.learnPlace();
  },

  async readConsent() {
    try {
      const consent = await request("/v1/consents/identity-verification");
      const paragraphs = consent.text.split(/\n+/).filter((one) => one.trim());
      this.setData({ consent, paragraphs, problem: null });
    } catch (problem) {
      this.refused(problem);
    }
  },

  async learnPlace() {
    try {
      this.setData({ sandbox: (await request("/v1/environment")).sandbox_url || "" });
    } catch {
      this.setData({ sandbox: "" });
    }
  },

  go(step) {
    this.setData({ step, at: Math.max(0, STEPS.indexOf(step)), problem: null, challenge: null });
    wx.pageScrollTo({ scrollTop: 0 });
  },

  agree(event) {
    this.setData({ agreed: event.detail.value.includes("agreed") });
  },
  toPerson() {
    this.go("person");
  },

  typeName(event) {
    this.setData({ name: event.detail.value, nameFault: "" });
  },
  typeNumber(event) {
    this.setData({ number: event.detail.value, numberFault: "" });
  },
  tidyNumber() {
    this.setData({ number: idNumber.spaced(idNumber.tidy(this.data.number)) });
  },

  toFace() {
    const { t, name, number } = this.data;
    const fault = idNumber.fault(idNumber.tidy(number));
    const faults = { nameFault: name.trim() ? "" : t.nameMissing, numberFault: fault ? t.faults[fault] : "" };
    this.setData(faults);
    if (!faults.nameFault && !faults.numberFault) this.go("face");
  },

  /** The clock of a challenge is short, so it is asked for when the camera already runs. */
  async cameraReady() {
    try {
      const challenge = await request("/v1/challenges", { method: "POST", data: { device: session.device() } });
      this.setData({ challenge });
    } catch (problem) {
      this.refused(problem);
    }
  },

  restart() {
    this.setData({ challenge: null });
  },

  async captured(event) {
    const { challenge, consent } = this.data;
    this.setData({ step: "sending" });
    try {
      const answer = await request("/v1/verifications", {
        method: "POST",
        signed: session.signedIn(), // raises the session there is, for the same resident only
        data: {
          name: this.data.name.trim(), id_number: idNumber.tidy(this.data.number), document_type: "resident-id",
          challenge: challenge.id, device: session.device(), frames: event.detail.frames,
          consent: { purpose: consent.purpose, version: consent.version },
        },
      });
      this.admitted(answer);
    } catch (problem) {
      this.refused(problem);
    }
  },

  admitted(answer) {
    session.keep(answer);
    getApp().globalData.resident = answer.resident;
    const { back } = this.data;
    this.setData({ name: "", number: "" });
    wx.redirectTo({ url: `/pages/result/result${back ? `?back=${encodeURIComponent(back)}` : ""}` });
  },

  refused(problem) {
    this.setData({ problem, step: "trouble", challenge: null, ways: this.waysOn(problem) });
  },

  /** Every refusal leads somewhere: the step that can put it right comes first. */
  waysOn({ code, status }) {
    const { t, consent } = this.data;
    const ways = {
      face: { id: "face", text: t.retake }, person: { id: "person", text: t.correct },
      consent: { id: "consent", text: t.reread }, home: { id: "home", text: t.home },
    };
    if (!consent || ABOUT_CONSENT.test(code)) return [{ id: "reload", text: consent ? t.reread : t.again }, ways.home];
    if (ABOUT_PERSON.test(code)) return [ways.person, ways.home];
    if (NO_RETRY.includes(code)) return [ways.home];
    if (code === "identity-not-matched") return [ways.face, ways.person];
    if (status === 0 || status >= 500) return [{ id: "face", text: t.again }, ways.home];
    return [ways.face, ways.home];
  },

  way(event) {
    const { id } = event.detail;
    if (id === "home") wx.switchTab({ url: "/pages/home/home" });
    else if (id === "reload") this.reload();
    else this.go(id);
  },

  reload() {
    this.setData({ agreed: false });
    this.go("consent");
    this.readConsent();
  },
});
