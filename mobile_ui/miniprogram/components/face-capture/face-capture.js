// Takes the pictures a challenge asks for, one step after another; a movement has one or two.
//
// Camera frames are for browsers and kiosks. Inside WeChat a face is checked by WeChat's own
// function, and only its sealed result comes here: our server asks WeChat what it says.
//
// Events: ready (ask for a challenge), captured {frames}, checked {result}, again, other.

const texts = require("../../utils/texts");

const FIRST = 2500; // ms from the words of a movement to its picture
const SECOND = 1500; // ms to the second picture of the same movement
const SIGNAL = 400; // ms that the tick is seen before the next words
const TICK = 250;

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { challenge: Object, claim: Object },
  data: {
    browser: Boolean(wx.browserHost), wechat: Boolean(wx.startFacialRecognitionVerify), t: {}, stage: "start",
    at: 0, count: 0, left: 0, done: 0, prompt: "", pose: "front", words: "", where: "", leftText: "",
    byHand: false, trouble: null, ways: [], shot: false,
  },
  lifetimes: {
    attached() {
      this.setData({ t: texts.of("face") });
    },
    detached() {
      this.stopClocks();
    },
  },
  observers: {
    challenge(challenge) {
      if (!challenge || challenge.id === this.begun) return;
      this.begun = challenge.id;
      if (this.data.browser) this.begin(challenge);
      else this.byWechat();
    },
  },
  methods: {
    open() {
      this.setData({ stage: "opening", trouble: null });
      if (!this.data.browser) this.triggerEvent("ready", {});
    },

    byWechat() {
      const { name, id_number: number } = this.data.claim;
      const { t } = this.data;
      wx.startFacialRecognitionVerify({
        name, idCardNumber: number, checkAliveType: 2,
        success: ({ verifyResult }) => this.triggerEvent("checked", { result: verifyResult }),
        fail: () => this.fail({ icon: "face-id-error", title: t.stoppedTitle, detail: t.stoppedText }),
      });
    },

    cameraReady() {
      this.triggerEvent("ready", {});
    },

    cameraFailed(event) {
      const { t } = this.data;
      const denied = /NotAllowed|Security|auth/.test(event.detail.errMsg || "");
      this.fail({
        icon: "camera-off",
        title: denied ? t.deniedTitle : t.noneTitle,
        detail: denied ? t.deniedText : t.noneText,
      });
    },

    fail(trouble) {
      const { t } = this.data;
      this.stopClocks();
      this.setData({ stage: "trouble", trouble, ways: [{ id: "again", text: t.again }, { id: "other", text: t.other }] });
    },

    way(event) {
      if (event.detail.id === "other") this.other();
      else this.again();
    },

    begin(challenge) {
      this.steps = challenge.steps || challenge.prompts.map((prompt) => ({ prompt, pose: prompt }));
      this.frames = [];
      this.camera = wx.createCameraContext();
      this.ends = Date.now() + challenge.seconds * 1000;
      this.setData({ stage: "taking", done: 0, left: challenge.seconds });
      this.stopClocks();
      this.clock = setInterval(() => this.tick(), TICK);
      this.ask(0);
    },

    ask(at) {
      const { t } = this.data;
      const { prompt, pose } = this.steps[at];
      const second = at > 0 && this.steps[at - 1].prompt === prompt && pose === "front";
      this.shootAt = Date.now() + (second ? SECOND : FIRST);
      this.setData({
        at, prompt, pose, shot: false, words: t.steps[`${prompt}-${pose}`] || t.steps.other,
        where: texts.fill(t.step, { at: at + 1, n: this.steps.length }),
      });
      this.tick();
    },

    tick() {
      const { t, challenge, byHand, shot } = this.data;
      const left = Math.max(0, Math.ceil((this.ends - Date.now()) / 1000));
      const due = Date.now() >= this.shootAt;
      if (left === 0) {
        this.late(challenge.seconds);
        return;
      }
      const count = Math.max(1, Math.ceil((this.shootAt - Date.now()) / 1000));
      this.setData({ left, count, leftText: texts.fill(t.left, { n: left }) });
      if (!byHand && due && !shot) this.shoot();
    },

    late(seconds) {
      const { t } = this.data;
      this.fail({ icon: "clock", title: t.lateTitle, detail: texts.fill(t.lateText, { n: seconds }) });
    },

    shoot() {
      if (this.data.shot || this.data.stage !== "taking") return;
      this.setData({ shot: true });
      this.camera.takePhoto({
        quality: "high",
        success: ({ tempImagePath }) => this.taken(tempImagePath),
        fail: () => this.setData({ shot: false }),
      });
    },

    taken(picture) {
      this.signal();
      this.frames.push({ prompt: this.data.prompt, image: picture.slice(picture.indexOf(",") + 1) });
      this.setData({ done: Math.round((this.frames.length / this.steps.length) * 100) });
      const last = this.frames.length === this.steps.length;
      if (last) this.stopClocks();
      this.next = setTimeout(() => (last ? this.finish() : this.ask(this.data.at + 1)), SIGNAL);
    },

    /** Heard and felt: whose eyes are shut sees no tick. */
    signal() {
      if (wx.browserHost && wx.browserHost.beep) wx.browserHost.beep();
      if (wx.vibrateShort) wx.vibrateShort({ type: "light" });
    },

    finish() {
      const { frames } = this;
      this.frames = [];
      this.setData({ stage: "done" });
      this.triggerEvent("captured", { frames });
    },

    changeWay() {
      this.setData({ byHand: !this.data.byHand });
      this.shootAt = Date.now() + FIRST;
      if (this.data.stage === "taking") this.tick();
    },

    again() {
      this.begun = "";
      this.setData({ stage: "opening", trouble: null });
      this.triggerEvent("again", {});
      if (!this.data.browser) this.triggerEvent("ready", {});
    },

    other() {
      this.stopClocks();
      this.triggerEvent("other", {});
    },

    stopClocks() {
      clearInterval(this.clock);
      clearTimeout(this.next);
    },
  },
});
