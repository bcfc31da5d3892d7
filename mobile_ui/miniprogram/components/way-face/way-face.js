// The face: movements before the camera, or inside WeChat its own check, judged by the server.
// ``claim``: the body's other members; ``alone``: not within the session there is. Emits done
// {answer}, refused {problem}, other.

const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { claim: Object, alone: Boolean },
  data: { t: {}, challenge: null, sending: false },
  lifetimes: {
    attached() {
      this.setData({ t: texts.of("face") });
    },
  },
  methods: {
    /** The clock of a challenge is short, so it is asked for when the camera already runs. */
    async ready() {
      try {
        const challenge = await request("/v1/challenges", { method: "POST", data: { device: session.device() } });
        this.setData({ challenge });
      } catch (problem) {
        this.triggerEvent("refused", { problem });
      }
    },

    restart() {
      this.setData({ challenge: null });
    },

    other() {
      this.triggerEvent("other", {});
    },

    captured(event) {
      this.send({ challenge: this.data.challenge.id, frames: event.detail.frames });
    },

    checked(event) {
      this.send({ wechat_verification: event.detail.result });
    },

    async send(shown) {
      this.setData({ sending: true });
      try {
        const answer = await request("/v1/verifications", {
          method: "POST",
          signed: !this.data.alone && session.signedIn(), // raises the session there is, for the same resident only
          proving: true,
          data: { ...this.data.claim, ...shown, device: session.device() },
        });
        this.triggerEvent("done", { answer });
      } catch (problem) {
        this.triggerEvent("refused", { problem });
      }
    },
  },
});
