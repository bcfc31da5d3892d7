// What one was told about one's identity, and the number it is told to, which is a purpose of its
// own to agree to. Opening the list marks it as read.

const { own } = require("../../utils/own");
const { moment } = require("../../utils/format");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const PURPOSE = "notices";

Page(own({
  words: "notices",
  data: { purpose: PURPOSE, notices: [], phone: null, step: "", number: "", code: "", fault: "" },

  async load() {
    const [{ notices }, phone] = await Promise.all(["notices", "phone"].map((part) => request(`/v1/me/${part}`, { signed: true })));
    const { t } = this.data;
    this.setData({
      phone: phone.phone, step: "",
      notices: notices.map((one) => ({
        ...one, fresh: !one.read_at, url: about(one.subject), time: moment(one.at),
        sent: [t.sent[one.sent_by] || "", one.check ? texts.fill(t.checkCode, { code: one.check }) : ""].filter(Boolean).join(" · "),
      })),
    });
    const unread = notices.filter((one) => !one.read_at);
    await Promise.all(unread.map((one) => request(`/v1/me/notices/${encodeURIComponent(one.id)}/read`, { method: "POST", data: {}, signed: true })));
  },

  changePhone() {
    return this.attempt(async () => {
      const { consents } = await request("/v1/me/consents", { signed: true });
      const agreed = consents.some((one) => one.purpose === PURPOSE);
      this.setData({ step: agreed ? "number" : "consent", number: "", code: "", fault: "" });
    });
  },
  agreed(event) {
    return this.attempt(async () => {
      await request("/v1/me/consents", { method: "POST", data: event.detail, signed: true });
      this.setData({ step: "number" });
    });
  },
  keep() {
    this.setData({ step: "" });
  },
  typeNumber(event) {
    this.setData({ number: event.detail.value, fault: "" });
  },
  typeCode(event) {
    this.setData({ code: event.detail.value, fault: "" });
  },

  sendCode() {
    const phone = this.data.number.replace(/\D/g, "");
    if (!/^1\d{10}$/.test(phone)) return this.setData({ fault: this.data.t.phoneWrong });
    return this.attempt(async () => {
      await request("/v1/me/phone", { method: "POST", data: { phone }, signed: true });
      this.setData({ step: "code" });
    });
  },

  confirmCode() {
    const code = this.data.code.replace(/\D/g, "");
    return this.attempt(async () => {
      const { phone } = await request("/v1/me/phone/confirmation", { method: "POST", data: { code }, signed: true });
      this.setData({ phone, step: "" });
      this.say(this.data.t.phoneKept);
    });
  },

  dropPhone() {
    return this.attempt(async () => {
      await request("/v1/me/phone", { method: "DELETE", signed: true });
      this.setData({ phone: null });
    });
  },

  notMe() {
    wx.navigateTo({ url: "/pages/freeze/freeze" });
  },
}));

/** "application:ZB…" and "ticket:HP…" lead to their pages. */
function about(subject) {
  const [kind, number] = (subject || "").split(":");
  return ["application", "booking", "ticket", "car", "bill", "payment", "quote"].includes(kind) ? `/pages/${kind}/${kind}?number=${encodeURIComponent(number)}` : "";
}
