// Starts the mini-program in a browser or kiosk: loads its files, draws its pages.

import * as program from "../program.js";
import { h, render } from "./preact.js";
import { library } from "./library.js";
import { Router } from "./router.js";
import { Shell } from "./shell.js";
import { makeWx } from "./wx.js";

let waiting = false;

/** Any number of changes in one turn are one drawing. */
function refresh() {
  if (waiting) return;
  waiting = true;
  queueMicrotask(() => {
    waiting = false;
    render(h(Shell, { router, config, drawn: performance.now() }), root);
  });
}

/** Links inside the program go through the router, so that pages below stay alive. */
function followLinks(router) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#/"]');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const how = { switchTab: "switchTab", redirect: "redirectTo", reLaunch: "reLaunch" };
    router[how[link.dataset.openType] ?? "navigateTo"](link.getAttribute("href"));
  });
}

const router = new Router(refresh);
const root = document.getElementById("app");
const config = program.configs.app;
const tabs = { name: (index, text) => { config.tabBar.list[index].text = text; refresh(); } };
const pages = library(program, makeWx(router, tabs));

document.documentElement.dataset.host = "browser";
pages.start();
router.begin(pages, config);
followLinks(router);
