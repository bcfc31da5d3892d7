// A bank card and the telephone number left at the bank: level 3. Emits done, refused, other.

const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");

const digits = (typed) => String(typed).replace(/\D/g, "");
const grouped = (typed) => digits(typed).replace(/(.{4})(?=.)/g, "$1 ");
// What a slip of the finger on the second screen gives: one more try there, not a new start.
const WRONG_CODE = /^(card-code|sms-code|code)-(wrong|invalid)/;

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { claim: Object },
  data: { t: {}, step: "card", card: "", phone: "", code: "", cardFault: "", phoneFault: "", codeFault: "", sent: "", check: null, busy: false },
  lifetimes: {
    attached() {
      this.setData({ t: texts.of("card-check") });
    },
  },
  methods: {
    typeCard(event) {
      this.setData({ card: event.detail.value, cardFault: "" });
    },
    tidyCard() {
      this.setData({ card: grouped(this.data.card) });
    },
    typePhone(event) {
      this.setData({ phone: event.detail.value, phoneFault: "" });
    },
    typeCode(event) {
      this.setData({ code: event.detail.value, codeFault: "" });
    },

    async begin() {
      const { t } = this.data;
      const [card, phone] = [digits(this.data.card), digits(this.data.phone)];
      const faults = {
        cardFault: card.length >= 12 && card.length <= 19 ? "" : t.cardWrong,
        phoneFault: /^1\d{10}$/.test(phone) ? "" : t.phoneWrong,
      };
      this.setData(faults);
      if (faults.cardFault || faults.phoneFault) return;
      const data = { ...this.data.claim, card, phone, device: session.device() };
      await this.send("/v1/card-checks", data, (check) => {
        this.setData({ check, card: "", step: "code", sent: texts.fill(t.sent, { phone: check.phone }) });
      });
    },

    async finish() {
      const { t, check } = this.data;
      const code = digits(this.data.code);
      this.setData({ codeFault: code ? "" : t.codeMissing });
      if (!code) return;
      const path = `/v1/card-checks/${encodeURIComponent(check.id)}/tokens`;
      await this.send(path, { secret: check.secret, code, device: session.device() }, (answer) => this.triggerEvent("done", { answer }));
    },

    async send(path, data, then) {
      this.setData({ busy: true });
      try {
        then(await request(path, { method: "POST", data, signed: session.signedIn(), proving: true }));
      } catch (problem) {
        if (WRONG_CODE.test(problem.code)) this.setData({ codeFault: problem.detail, code: "" });
        else this.triggerEvent("refused", { problem });
      }
      this.setData({ busy: false });
    },

    other() {
      this.triggerEvent("other", {});
    },
  },
});
