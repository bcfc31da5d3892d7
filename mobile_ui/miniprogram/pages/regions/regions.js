// Choosing where one is, down the tree of regions: what can be done differs from place to place.

const { request } = require("../../utils/request");
const region = require("../../utils/region");
const texts = require("../../utils/texts");

const PROVINCE = "440000"; // where this house stands; others are one step up

Page({
  data: { t: {}, path: [], here: null, regions: [], chooseText: "", waiting: true, problem: null, ways: [] },

  onLoad() {
    const t = texts.of("finding");
    this.setData({ t });
    wx.setNavigationBarTitle({ title: t.region });
    this.read((region.current() || { code: PROVINCE }).code);
  },

  async read(under) {
    const { t } = this.data;
    this.under = under;
    try {
      const { regions, path } = await request(`/v1/regions${under ? `?under=${encodeURIComponent(under)}` : ""}`);
      const here = path.length ? path[path.length - 1] : null;
      this.setData({
        path: path.slice(0, -1), here, waiting: false, problem: null,
        chooseText: here ? texts.fill(t.choose, here) : "",
        regions: regions.map((one) => ({ ...one, deeper: texts.fill(t.deeper, one) })),
      });
    } catch (problem) {
      this.setData({ problem, waiting: false, ways: [{ id: "again", text: t.again }] });
    }
  },

  open(event) {
    const { code } = event.currentTarget.dataset;
    const one = this.data.regions.find((found) => found.code === code);
    if (one && !one.more) this.choose(one);
    else this.read(code);
  },
  chooseHere() {
    this.choose(this.data.here);
  },
  everywhere() {
    this.choose(null);
  },
  choose(one) {
    region.keep(one);
    wx.navigateBack({ delta: 1 });
  },
  again() {
    this.read(this.under);
  },
});
