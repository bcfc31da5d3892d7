// A resident proves who they are, once, in a way of their own choice: way, consent, details, proof.

const { request } = require("../../utils/request");
const passkeys = require("../../utils/passkeys");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");
const { STEPS, ICONS, PURPOSES, LIFTING, usable, waysOn } = require("./ways");

Page({
  data: {
    t: {}, dir: "", step: "choose", at: 0, names: [], ways: null, cards: [], way: "", purpose: "", needs: "", next: "", consent: null,
    person: null, claim: null, lift: false, guarded: false, limited: false, outside: "", join: false, problem: null, troubleWays: [], sandbox: "", back: "",
  },

  onLoad({ back, ways, outside, problem, join }) {
    this.setData({ back: back || "", outside: outside || "", limited: Boolean(ways) });
    this.translate();
    this.wanted = ways ? ways.split(",") : null;
    if (outside) this.choose("network-identity", "proof");
    else if (join) this.begin();
    else if (problem) this.cameBackWith(problem);
    else this.go("choose");
    this.readWays();
    this.learnPlace();
  },

  translate() {
    const t = texts.of("verify");
    this.setData({ t, dir: texts.direction() });
    wx.setNavigationBarTitle({ title: t.title });
  },

  /** Another language was chosen: the ways are named in it too. */
  spoken() {
    this.translate();
    this.readWays();
  },

  /** Another document of one's own: proven apart from the session there is, then joined with it. */
  begin() {
    const { globalData } = getApp();
    this.setData({ join: true, person: globalData.person || null });
    globalData.person = null;
    this.go("choose");
  },

  async readWays() {
    const { t } = this.data;
    try {
      const { ways } = await request("/v1/ways");
      const here = usable(ways, { wanted: this.wanted, passkeys: passkeys.possible() && session.signedIn(), browser: Boolean(wx.browserHost) });
      const cards = here.map((one) => ({ ...one, icon: ICONS[one.id] || "id", levelText: texts.fill(t.level, { n: one.level }) }));
      this.setData({ ways: here, cards });
    } catch (problem) {
      if (this.data.step === "choose") this.refused(problem);
    }
  },

  /** From the network identity's page, with the code of what went wrong there. */
  cameBackWith(code) {
    const said = texts.of("outside").problems;
    this.setData({ way: "network-identity" });
    this.refused({ status: 403, code, ...(said[code] || said.other), icon: "world-check" });
  },

  async learnPlace() {
    try {
      this.setData({ sandbox: (await request("/v1/environment")).sandbox_url || "" });
    } catch {
      this.setData({ sandbox: "" });
    }
  },

  /** ``step``: choose, consent, person, proof, or trouble. */
  go(step) {
    const { t, way } = this.data;
    const steps = STEPS[way] || STEPS.face;
    const names = steps.map((one) => (one === "proof" && t.proofs[way]) || t.steps[one]);
    this.setData({ step, names, at: Math.max(0, steps.indexOf(step)), problem: null });
    wx.pageScrollTo({ scrollTop: 0 });
  },

  choice(event) {
    const { id } = event.detail;
    if (id === "passkey") this.byPasskey();
    else this.choose(id, id === "window" && wx.getStorageSync("session:window") ? "proof" : "consent");
  },

  choose(way, step) {
    const { t, ways } = this.data;
    const chosen = (ways || []).find((one) => one.id === way);
    const needs = chosen && chosen.needs ? texts.fill(t.needs, chosen) : "";
    this.setData({ way, needs, purpose: PURPOSES[way], next: t.next[way] || t.next.other, consent: null });
    this.go(step);
  },

  agreed(event) {
    this.setData({ consent: event.detail });
    if (STEPS[this.data.way].includes("person")) this.go("person");
    else this.go("proof");
  },

  described(event) {
    this.setData({ person: event.detail });
    this.prove();
  },

  prove() {
    const { person, consent, lift } = this.data;
    const claim = { ...person, consent };
    if (lift && LIFTING.includes(this.data.way)) claim.lift_freeze = true;
    this.setData({ claim });
    this.go("proof");
  },

  async byPasskey() {
    try {
      await passkeys.prove();
      visit.goOn(this.data.back);
    } catch (problem) {
      const { t } = this.data;
      this.refused(problem.title ? problem : { ...problem, ...t.declined, icon: "key" });
    }
  },

  /** A way ended well: tokens are here. Who only came to prove it once more goes straight on. */
  admitted(event) {
    const { answer, alone, back = this.data.back, limited = this.data.limited } = event.detail;
    if (this.data.join || alone) {
      this.joined(answer, back);
      return;
    }
    session.keep(answer);
    const { globalData } = getApp();
    Object.assign(globalData, { resident: answer.resident, acr: answer.acr, fresh: null });
    this.setData({ person: null, claim: null, lift: false });
    if (limited && back) visit.goOn(back);
    else wx.redirectTo({ url: `/pages/result/result${back ? `?back=${encodeURIComponent(back)}` : ""}` });
  },

  /** The other record becomes this one; where it cannot, nobody stays signed in to it. */
  async joined(answer, back) {
    this.setData({ person: null, claim: null });
    try {
      await request("/v1/me/merges", { method: "POST", data: { other_token: answer.access_token }, signed: true });
      visit.goOn(back);
    } catch (problem) {
      const as = { value: answer.access_token, type: answer.token_type || "Bearer" };
      request("/v1/me/sessions/current", { method: "DELETE", as }).catch(() => {});
      this.refused(problem);
    }
  },

  refused(event) {
    const problem = (event.detail && event.detail.problem) || event; // a problem has a detail too
    const { t, way, ways, consent } = this.data;
    if (problem.code === "guardian-consent-needed") this.setData({ guarded: true });
    this.setData({ problem, step: "trouble", troubleWays: waysOn(problem, { t, way, known: Boolean(ways), agreed: Boolean(consent) }) });
  },

  way(event) {
    const { id } = event.detail;
    if (id === "home") wx.switchTab({ url: "/pages/home/home" });
    else if (id === "other") this.other();
    else if (id === "lift") this.liftFreeze();
    else if (id === "consent") this.choose(this.data.way, "consent");
    else if (id === "proof") this.again();
    else this.go(id);
  },

  /** The same way once more; without what it needs, from where that is asked. */
  again() {
    const { consent, person, way } = this.data;
    if (way === "window" && wx.getStorageSync("session:window")) this.go("proof");
    else if (!consent) this.choose(way, "consent");
    else if (STEPS[way].includes("person") && !person) this.go("person");
    else this.prove();
  },

  liftFreeze() {
    this.setData({ lift: true });
    this.again();
  },

  other() {
    this.setData({ outside: "", way: "" });
    this.go("choose");
    if (!this.data.ways) this.readWays();
  },
});
