// The mini-program's own modules as the host loads them, with a wx of memory for the tests.

import * as program from "../program.js";
import { ComponentInstance, PageInstance } from "../h5/instance.js";
import { library, resolve } from "../h5/library.js";

export { program };

/** {wx, kept, load: path → exports}: each call is a fresh program with fresh storage.
 * ``host``: what a browser has and WeChat has not; ``wechat``: what else wx can do. */
export function fresh({ request = () => {}, locale = "en", host = true, wechat = {} } = {}) {
  const kept = new Map([["locale", locale]]);
  const wx = {
    browserHost: host,
    getStorageSync: (key) => kept.get(key) ?? "",
    setStorageSync: (key, value) => kept.set(key, value),
    removeStorageSync: (key) => kept.delete(key),
    request,
    ...wechat,
  };
  let needs;
  const probe = { ...program, modules: { ...program.modules, probe(module, exports, require) { needs = require; } }, templates: { ...program.templates, probe: "" } };
  const pages = library(probe, wx);
  pages.page("probe");
  return { wx, kept, load: (path) => needs(path) };
}

/** A component of that program alive without a page; ``emitted`` holds what it told its parent. */
export function component({ wx, load }, path) {
  let definition;
  const needs = (wanted) => load(resolve(path, wanted));
  const module = { exports: {} };
  program.modules[path](module, module.exports, needs, () => {}, (made) => { definition = made; }, () => {}, wx, () => ({}));
  const alive = new ComponentInstance(definition, () => {});
  alive.emitted = [];
  alive.emit = (name, detail) => alive.emitted.push([name, detail]);
  alive.lifetimes.attached?.call(alive);
  return alive;
}

/** A page of that program, open with these options; ``app``: what getApp() gives. */
export function page({ wx, load }, path, options = {}, app = { globalData: {}, speak() {} }) {
  let definition;
  const needs = (wanted) => load(resolve(path, wanted));
  const module = { exports: {} };
  program.modules[path](module, module.exports, needs, (made) => { definition = made; }, () => {}, () => {}, wx, () => app);
  const alive = new PageInstance(definition, path, options, () => {});
  alive.onLoad?.(options);
  return alive;
}
