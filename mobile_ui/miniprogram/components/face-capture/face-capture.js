// Takes the pictures a challenge asks for, one movement after another.
//
// Camera frames are for browsers and kiosks. Inside WeChat a face must be checked by WeChat's own
// function, so there this component says so and takes nothing (that branch is yet to be built).
//
// Events: ready (the camera runs: ask for a challenge), captured {frames}, again (start over).

const texts = require("../../utils/texts");

const COUNT = 3; // seconds before a picture is taken by itself
const SECOND = 1000;

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { challenge: Object },
  data: {
    browser: Boolean(wx.browserHost), t: {}, stage: "start", at: 0, count: 0, left: 0, done: 0,
    prompt: "", words: "", where: "", countText: "", leftText: "", byHand: false, trouble: null, ways: [],
    shot: false, icon: "user",
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
      if (challenge && challenge.id !== this.begun) this.begin(challenge);
    },
  },
  methods: {
    open() {
      this.setData({ stage: "opening", trouble: null });
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
      this.stopClocks();
      this.setData({ stage: "trouble", trouble, ways: [{ id: "again", text: this.data.t.again }] });
    },

    begin(challenge) {
      this.begun = challenge.id;
      this.frames = [];
      this.camera = wx.createCameraContext();
      this.ends = Date.now() + challenge.seconds * SECOND;
      this.setData({ stage: "taking", done: 0, left: challenge.seconds });
      this.stopClocks();
      this.clock = setInterval(() => this.tick(), 250);
      this.ask(0);
    },

    ask(at) {
      const { t, challenge } = this.data;
      const prompt = challenge.prompts[at];
      this.shootAt = Date.now() + COUNT * SECOND;
      this.setData({
        at, prompt, words: t.prompts[prompt] || t.prompts.other, shot: false,
        icon: { left: "arrow-left", right: "arrow-right" }[prompt] || "user",
        where: texts.fill(t.step, { at: at + 1, n: challenge.prompts.length }),
      });
      this.tick();
    },

    tick() {
      const { t, challenge, byHand, shot } = this.data;
      const left = Math.max(0, Math.ceil((this.ends - Date.now()) / SECOND));
      const count = Math.max(0, Math.ceil((this.shootAt - Date.now()) / SECOND));
      if (left === 0) {
        this.late(challenge.seconds);
        return;
      }
      const words = { leftText: texts.fill(t.left, { n: left }), countText: byHand ? t.press : texts.fill(t.count, { n: count }) };
      this.setData({ left, count, ...words });
      if (!byHand && count === 0 && !shot) this.shoot();
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
      const { challenge, at } = this.data;
      this.frames.push({ prompt: challenge.prompts[at], image: picture.slice(picture.indexOf(",") + 1) });
      this.setData({ done: Math.round((this.frames.length / challenge.prompts.length) * 100) });
      if (this.frames.length < challenge.prompts.length) {
        setTimeout(() => this.ask(at + 1), 500);
        return;
      }
      this.stopClocks();
      setTimeout(() => this.finish(), 400);
    },

    finish() {
      const { frames } = this;
      this.frames = [];
      this.setData({ stage: "done" });
      this.triggerEvent("captured", { frames });
    },

    changeWay() {
      this.setData({ byHand: !this.data.byHand });
      this.shootAt = Date.now() + COUNT * SECOND;
      if (this.data.stage === "taking") this.tick();
    },

    again() {
      this.begun = "";
      this.setData({ stage: "opening", trouble: null });
      this.triggerEvent("again", {});
    },

    stopClocks() {
      clearInterval(this.clock);
    },
  },
});
