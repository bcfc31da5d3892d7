// The part of WeChat's wx object that the pages use, on a browser's own means.

import { beyond } from "./beyond.js";
import { createCameraContext } from "./camera.js";
import { confirm, hush, toast } from "./dialogs.js";
import { chooseMedia, chooseMessageFile, getFileSystemManager } from "./files.js";
import { request } from "./sending.js";

// Keys that begin with "session:" end with the tab; the others stay on the device.
const shelf = (key) => (key.startsWith("session:") ? sessionStorage : localStorage);

const RIGHT_TO_LEFT = ["ug"];

function speak(locale) {
  document.documentElement.lang = locale;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(locale) ? "rtl" : "ltr";
}

/** Everything is in rem, so all of it grows with the root: text, targets and the space between. */
function enlarge(elder) {
  document.documentElement.toggleAttribute("data-elder", Boolean(elder));
}

const storage = {
  setStorageSync(key, value) {
    shelf(key).setItem(key, JSON.stringify(value));
    if (key === "locale") speak(value);
    if (key === "elder") enlarge(value);
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
    chooseMedia,
    chooseMessageFile,
    getFileSystemManager,
    browserHost: beyond(),
    navigateTo: opened("navigateTo"),
    redirectTo: opened("redirectTo"),
    switchTab: opened("switchTab"),
    reLaunch: opened("reLaunch"),
    navigateBack: ({ delta = 1 } = {}) => router.back(delta),
    setNavigationBarTitle: ({ title }) => router.entitle(title),
    setTabBarItem: ({ index, text }) => tabs.name(index, text),
    showToast: ({ title, duration = 3000 }) => toast(title, duration),
    hideToast: hush,
    showModal: (options) => confirm(options),
    stopPullDownRefresh() {},
    vibrateShort: () => navigator.vibrate?.(30),
    pageScrollTo: ({ scrollTop = 0 } = {}) => window.scrollTo({ top: scrollTop }),
    getSystemInfoSync: () => ({ platform: "browser", language: navigator.language }),
    canIUse: (name) => name.split(".")[0] in made,
  };
  enlarge(storage.getStorageSync("elder"));
  return made;
}
