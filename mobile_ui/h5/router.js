// The stack of open pages and the browser's history, kept in step; where the focus goes.

import { PageInstance } from "./instance.js";

/** "/pages/service/service?id=x%20y" as a path and its query. */
export function address(url) {
  const [path, search = ""] = url.replace(/^[#/]+/, "").split("?");
  return { path, query: Object.fromEntries(new URLSearchParams(search)) };
}

export class Router {
  constructor(refresh) {
    this.refresh = refresh;
    this.stack = [];
    this.serial = 0;
  }

  begin(library, config) {
    Object.assign(this, { library, tabs: (config.tabBar?.list ?? []).map((tab) => tab.pagePath), home: config.pages[0] });
    addEventListener("popstate", (event) => this.popped(event.state));
    this.open(location.hash || this.home, "replaceState");
  }

  get top() {
    return this.stack.at(-1);
  }

  isTab(path) {
    return this.tabs.includes(path);
  }

  navigateTo(url) {
    this.leave();
    this.open(url, "pushState");
  }

  redirectTo(url) {
    this.drop();
    this.open(url, "replaceState");
  }

  switchTab(url) {
    while (this.stack.length) this.drop();
    this.open(url, "pushState");
  }

  reLaunch(url) {
    while (this.stack.length) this.drop();
    this.open(url, "replaceState");
  }

  back(delta) {
    if (this.stack.length > 1) history.go(-Math.min(delta, this.stack.length - 1));
    else this.reLaunch(this.home);
  }

  entitle(title) {
    if (this.top) this.top.title = title;
    this.refresh();
  }

  open(url, how) {
    const { path, query } = address(url);
    const known = this.library.has(path) ? path : this.home;
    this.serial += 1;
    const page = { key: this.serial, url: `#/${known}${url.includes("?") ? `?${url.split("?")[1]}` : ""}`, ...this.library.page(known) };
    page.instance = new PageInstance(page.definition, known, query, this.refresh);
    page.title = page.config.navigationBarTitleText ?? "";
    this.stack.push(page);
    history[how]({ depth: this.stack.length, key: page.key }, "", page.url);
    page.instance.onLoad?.(query);
    this.show(page);
    page.instance.onReady?.();
  }

  show(page) {
    page.instance.onShow?.();
    this.refresh();
    window.scrollTo(0, page.scroll ?? 0);
    page.arriving = true;
  }

  leave() {
    const page = this.top;
    if (!page) return;
    Object.assign(page, { focused: document.activeElement, scroll: window.scrollY });
    page.instance.onHide?.();
  }

  drop() {
    this.stack.pop()?.instance.onUnload?.();
  }

  /** The browser's own back, forward, or an address typed by hand. */
  popped(state) {
    const place = this.stack.findIndex((page) => page.key === state?.key);
    if (place < 0) {
      while (this.stack.length) this.drop();
      this.open(location.hash || this.home, "replaceState");
      return;
    }
    while (this.stack.length > place + 1) this.drop();
    this.show(this.top);
  }
}
