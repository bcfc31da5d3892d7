// What residents think, in public: figures by service and by department; small counts are not shown.

const { request } = require("../../utils/request");
const { moment } = require("../../utils/format");
const texts = require("../../utils/texts");

Page({
  data: { t: {}, waiting: true, problem: null, ways: [], groups: [], asOf: "" },

  onShow() {
    const t = texts.of("figures");
    this.setData({ t });
    wx.setNavigationBarTitle({ title: t.title });
    this.load();
  },

  async load() {
    const { t } = this.data;
    try {
      const { departments, as_of: time } = await request("/v1/ratings");
      const groups = departments.map((one) => ({ id: one.id, title: one.title, rows: [figure(one, t), ...one.items.map((item) => figure(item, t))] }));
      this.setData({ waiting: false, problem: null, groups, asOf: texts.fill(t.asOf, { time: moment(time) }) });
    } catch (problem) {
      this.setData({ problem, waiting: false, ways: [{ id: "again", text: t.again }] });
    }
  },
});

/** A null is too few to be told. */
function figure(one, t) {
  const names = texts.of("rating").grades;
  const grades = one.grades ? [5, 4, 3, 2, 1].map((grade) => ({ id: grade, name: names[grade - 1], count: one.grades[grade] })) : [];
  const most = Math.max(1, ...grades.map((row) => row.count));
  const told = [[t.active, one.count], [t.average, one.average], [t.silent, one.unanswered]].filter(([, n]) => n !== null);
  return {
    id: one.id, title: one.title, few: one.grades ? "" : t.few,
    share: one.satisfied === null ? "" : texts.fill(t.share, { n: one.satisfied }), told: told.map(([said, n]) => texts.fill(said, { n })).join(" · "),
    grades: grades.map((row) => ({ ...row, width: Math.round((row.count / most) * 100) })),
  };
}
