// What residents think, in public: figures by service and by department; small counts are not shown.

const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

Page({
  data: { t: {}, waiting: true, problem: null, ways: [], groups: [] },

  onShow() {
    const t = texts.of("figures");
    this.setData({ t });
    wx.setNavigationBarTitle({ title: t.title });
    this.load();
  },

  async load() {
    const { t } = this.data;
    try {
      const { items, departments } = await request("/v1/ratings");
      const groups = [{ id: "departments", title: t.departments, rows: departments }, { id: "items", title: t.items, rows: items }];
      this.setData({
        waiting: false, problem: null,
        groups: groups.filter(({ rows }) => rows.length).map((group) => ({ ...group, rows: group.rows.map((one) => figure(one, t)) })),
      });
    } catch (problem) {
      this.setData({ problem, waiting: false, ways: [{ id: "again", text: t.again }] });
    }
  },
});

/** ``null`` counts are suppressed by the server. */
function figure(one, t) {
  const names = texts.of("rating").grades;
  const counts = one.grades || {};
  const grades = [5, 4, 3, 2, 1].map((grade) => ({ id: grade, name: names[grade - 1], count: counts[grade] === undefined ? null : counts[grade] }));
  const most = Math.max(1, ...grades.map((row) => row.count || 0));
  return {
    id: one.id, title: one.title, few: one.active === null || one.active === undefined,
    share: one.satisfied === null || one.satisfied === undefined ? "" : texts.fill(t.share, { n: one.satisfied }),
    told: [one.active ? texts.fill(t.active, { n: one.active }) : "", one.silent ? texts.fill(t.silent, { n: one.silent }) : ""].filter(Boolean).join(" · "),
    grades: grades.map((row) => ({ ...row, width: Math.round(((row.count || 0) / most) * 100), said: row.count === null ? t.few : String(row.count) })),
  };
}
