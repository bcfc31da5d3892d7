// The part of WeChat's wx object that the pages use, on a browser's own means.

import { beyond } from "./beyond.js";
import { createCameraContext } from "./camera.js";
import { confirm, toast } from "./dialogs.js";

// Keys that begin with "session:" end with the tab; the others stay on the device.
const shelf = (key) => (key.startsWith("session:") ? sessionStorage : localStorage);

const RIGHT_TO_LEFT = ["ug"];

function speak(locale) {
  document.documentElement.lang = locale;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(locale) ? "rtl" : "ltr";
}

const storage = {
  setStorageSync(key, value) {
    shelf(key).setItem(key, JSON.stringify(value));
    if (key === "locale") speak(value);
  },
  getStorageSync(key) {
    try {
      return JSON.parse(shelf(key).getItem(key)) ?? "";
    } catch {
      return "";
    }
  },
  removeStorageSync: (key) => shelf(key).removeItem(key),
};

async function request({ url, method = "GET", data, header = {}, timeout = 60000, withCredentials = false, success, fail, complete }) {
  const stop = AbortSignal.timeout ? AbortSignal.timeout(timeout) : undefined;
  const body = data === undefined ? undefined : JSON.stringify(data);
  const headers = body ? { "content-type": "application/json", ...header } : header;
  let failed;
  try {
    const answer = await fetch(url, { method, headers, body, signal: stop, credentials: withCredentials ? "same-origin" : "omit" });
    const text = await answer.text();
    const json = /[/+]json/.test(answer.headers.get("content-type") ?? "");
    success?.({ statusCode: answer.status, data: json && text ? JSON.parse(text) : text, header: Object.fromEntries(answer.headers) });
  } catch (error) {
    failed = { errMsg: `request:fail ${error.name}` };
    fail?.(failed);
  }
  complete?.(failed ?? {});
}

/** wx for one router; what a browser has no equal for is absent, as pages ask by wx.canIUse. */
export function makeWx(router, tabs) {
  const opened = (how) => ({ url, delta, success }) => {
    router[how](url ?? delta);
    success?.({});
  };
  const made = {
    ...storage,
    request,
    createCameraContext,
    browserHost: beyond(),
    navigateTo: opened("navigateTo"),
    redirectTo: opened("redirectTo"),
    switchTab: opened("switchTab"),
    reLaunch: opened("reLaunch"),
    navigateBack: ({ delta = 1 } = {}) => router.back(delta),
    setNavigationBarTitle: ({ title }) => router.entitle(title),
    setTabBarItem: ({ index, text }) => tabs.name(index, text),
    showToast: ({ title, duration = 3000 }) => toast(title, duration),
    showModal: (options) => confirm(options),
    stopPullDownRefresh() {},
    vibrateShort: () => navigator.vibrate?.(30),
    pageScrollTo: ({ scrollTop = 0 } = {}) => window.scrollTo({ top: scrollTop }),
    getSystemInfoSync: () => ({ platform: "browser", language: navigator.language }),
    canIUse: (name) => name.split(".")[0] in made,
  };
  return made;
}
