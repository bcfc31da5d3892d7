// What waits for whoever is signed in: applications, messages, reports. ``stamp`` changes when the
// page is shown again. Without an answer the page simply is without it.

const { date } = require("../../utils/format");
const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { stamp: Number },
  data: { t: {}, rows: [], last: [], known: false },
  lifetimes: {
    attached() {
      this.look();
    },
  },
  observers: {
    stamp() {
      this.look();
    },
  },
  methods: {
    async look() {
      if (!session.signedIn()) return;
      const t = texts.of("waits");
      try {
        const found = await request("/v1/me/waiting", { signed: true });
        this.setData({ t, known: true, rows: rowsOf(found, t), last: found.last.map((one) => row(one, texts.of("applications").states[one.state])) });
      } catch {
        this.setData({ known: false });
      }
    },
  },
});

function rowsOf(found, t) {
  const rows = found.applications.map((one) => ({ ...row(one, wish(one, t)), urgent: one.state === "supplement-asked" }));
  if (found.messages_unread) rows.push({ id: "messages", icon: "bell", title: texts.fill(t.messages, { n: found.messages_unread }), text: t.messagesText, url: "/pages/notices/notices" });
  if (found.tickets_open) rows.push({ id: "tickets", icon: "message-report", title: texts.fill(t.tickets, { n: found.tickets_open }), text: t.ticketsText, url: "/pages/tickets/tickets" });
  return rows;
}

function row(one, text) {
  return { id: one.number, icon: one.service.icon, title: one.service.title, text, url: `/pages/application/application?number=${encodeURIComponent(one.number)}` };
}

function wish(one, t) {
  const what = { "supplement-asked": t.answer, approved: t.collect, draft: t.draft }[one.state] || t.answer;
  return one.due_on && one.state === "supplement-asked" ? `${what} · ${texts.fill(t.until, { day: date(one.due_on) })}` : what;
}
