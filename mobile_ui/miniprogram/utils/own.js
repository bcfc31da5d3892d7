// What every page of one's own things does alike: its words, its loading, looking again while
// something moves, and what a refusal leads to: verification when it asks for that, another try when
// it does not.

const session = require("./session");
const texts = require("./texts");
const visit = require("./visit");

const DATA = { t: {}, waiting: true, busy: false, problem: null, ways: [], signedIn: false };

const SHARED = {
  onShow() {
    this.hidden = false;
    const t = texts.of(this.words);
    this.setData({ t, signedIn: session.signedIn() });
    wx.setNavigationBarTitle({ title: t.title });
    this.reload();
  },

  onHide() {
    this.still();
  },
  onUnload() {
    this.still();
  },
  still() {
    this.hidden = true;
    clearTimeout(this.timer);
  },

  async reload() {
    if (!session.signedIn()) {
      this.stop({ status: 401, code: "sign-in-needed", ...texts.of("own").needed, icon: "shield-lock" });
      return;
    }
    this.read = (await this.attempt(() => this.load())) || this.read;
  },

  /** Runs ``story``; true when it went well. One at a time: a second press waits for nothing. */
  async attempt(story) {
    if (this.data.busy) return false;
    this.setData({ busy: true, problem: null });
    try {
      await story();
      this.setData({ busy: false, waiting: false });
      return true;
    } catch (problem) {
      this.setData({ busy: false });
      this.stop(problem);
      return false;
    }
  },

  /** Looks again in ``ms`` while somebody sees the page. A refusal is told; a broken line, a server
   * that is not well and a "too often" are simply tried again. */
  lookIn(ms, look = () => this.load()) {
    clearTimeout(this.timer);
    if (this.hidden) return;
    this.timer = setTimeout(async () => {
      try {
        await look();
      } catch (problem) {
        if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) this.stop(problem);
        else this.lookIn(ms, look);
      }
    }, ms);
  },

  stop(problem) {
    const t = texts.of("own");
    const unknown = visit.needsIdentity(problem);
    const told = problem.title ? problem : { ...problem, ...(t[problem.code] || t.other), icon: "alert-circle" };
    const ways = unknown ? [{ id: "verify", text: t.verify }, { id: "home", text: t.home }] : [{ id: "again", text: t.again }];
    this.setData({ problem: told, ways, waiting: false });
    wx.pageScrollTo({ scrollTop: 0 });
  },

  /** After a refusal what was typed is still there; after a broken line all is read anew. */
  way(event) {
    const { id } = event.detail;
    const { problem } = this.data;
    if (id === "verify") visit.verify(this.address(), problem.ways || []);
    else if (id === "home") wx.switchTab({ url: "/pages/home/home" });
    else if (this.read && problem.status >= 400 && problem.status < 500) this.setData({ problem: null });
    else this.reload();
  },

  address() {
    return `/${this.route}`;
  },

  /** A question before what cannot be undone; ``story`` runs only after a yes. */
  sure({ title, content, yes }, story) {
    wx.showModal({
      title, content, confirmText: yes, cancelText: texts.of("own").cancel,
      success: ({ confirm }) => confirm && this.attempt(story),
    });
  },

  say(title) {
    wx.showToast({ title, icon: "none" });
  },
};

/** A page's definition; it brings ``words`` (the name of its texts), ``data`` and ``load()``. */
const own = (definition) => ({ ...SHARED, ...definition, data: { ...DATA, ...definition.data } });

module.exports = { own };
