// What WeChat draws around a page: the bar with title and way back, the tabs, the page itself.

import { Component, h } from "./preact.js";
import { draw } from "./render.js";
import { elements } from "./elements.js";

const WORDS = {
  "zh-CN": { back: "返回", home: "首页", skip: "跳到正文", tabs: "主要栏目", name: "指办" },
  "zh-HK": { back: "返回", home: "首頁", skip: "跳到正文", tabs: "主要欄目", name: "指辦" }, // unreviewed
  ug: { back: "قايتىش", home: "باش بەت", skip: "مەزمۇنغا ئاتلاش", tabs: "ئاساسلىق بۆلەكلەر", name: "Zhiban" }, // unreviewed
  en: { back: "Back", home: "Home", skip: "Skip to content", tabs: "Main sections", name: "Zhiban" },
};
// WeChat draws tabs with bitmaps only, so there they are words; here they may have icons.
const TAB_ICONS = { "pages/home/home": "home", "pages/me/me": "user" };
const words = () => WORDS[document.documentElement.lang] ?? WORDS["zh-CN"];
const icon = (name) => elements.sprite({ attributes: { name, class: "glyph" }, dataset: {} });

export class Shell extends Component {
  componentDidMount() {
    document.addEventListener("focusin", ({ target }) => { this.held = target; });
    this.componentDidUpdate();
  }

  componentDidUpdate() {
    const page = this.props.router.top;
    document.title = page?.title ? `${page.title} · ${words().name}` : words().name;
    if (!page?.arriving) {
      this.keepFocus();
      return;
    }
    page.arriving = false;
    if (this.began) arrive(page);
    this.began = true;
  }

  /** What was pressed may be gone with a redraw: the page has the focus then, not the document. */
  keepFocus() {
    if (!this.held || this.held.isConnected || document.activeElement !== document.body) return;
    this.held = null;
    document.querySelector("main:not([hidden])")?.focus({ preventScroll: true });
  }

  render({ router, config }) {
    const { top } = router;
    if (!top) return null;
    const bare = top.config.navigationStyle === "custom";
    return [
      h("a", { class: "skip", href: "#main", onClick: skip }, words().skip),
      !bare && bar(router, top),
      ...router.stack.map((page) => h(OnePage, { key: page.key, page, shown: page === top })),
      router.isTab(top.path) && tabBar(config.tabBar.list, top.path),
    ];
  }
}

function skip(event) {
  event.preventDefault();
  document.querySelector("main:not([hidden])").focus();
}

/** Focus goes where the reader was before, or to the start of the new page. */
function arrive(page) {
  const before = page.focused?.isConnected ? page.focused : null;
  (before ?? document.querySelector(`main[data-key="${page.key}"]`))?.focus({ preventScroll: true });
  document.getElementById("announce").textContent = page.title;
}

function bar(router, page) {
  const lone = router.stack.length < 2;
  const way = { type: "button", class: "bar__back", onClick: () => router.back(1), "aria-label": lone ? words().home : words().back };
  return h("header", { class: "bar" }, h("div", { class: "bar__inner" },
    router.isTab(page.path) ? h("span", { class: "bar__back" }) : h("button", way, icon(lone ? "home" : "chevron-left")),
    h("h1", { class: "bar__title" }, page.title)));
}

function tabBar(tabs, path) {
  const link = (tab) => h("a", {
    class: "tabs__tab", href: `#/${tab.pagePath}`, "data-open-type": "switchTab",
    "aria-current": tab.pagePath === path ? "page" : undefined,
  }, icon(TAB_ICONS[tab.pagePath]), h("span", null, tab.text));
  return h("nav", { class: "tabs", "aria-label": words().tabs }, h("div", { class: "tabs__inner" }, tabs.map(link)));
}

class OnePage extends Component {
  render({ page, shown }) {
    const owner = { instance: page.instance, components: page.components };
    const { lang, dir } = page.instance.data.t ?? {}; // words borrowed from another language
    return h("main", {
      lang, dir, id: shown ? "main" : undefined, tabindex: -1, hidden: !shown, class: "page",
      "data-key": page.key, "data-style": page.path,
    }, draw(page.tree, page.instance.data, owner));
  }
}
