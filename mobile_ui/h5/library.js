// The mini-program's own modules, pages and components, registered as WeChat registers them.

import { parse } from "./wxml.js";

const folder = (path) => path.slice(0, path.lastIndexOf("/") + 1);

/** "pages/home/" and "../../components/icon/icon" give "components/icon/icon". */
export function resolve(from, wanted) {
  const parts = wanted.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const part of wanted.replace(/\.js$/, "").split("/")) {
    if (part === "..") parts.pop();
    else if (part && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Components may use each other in circles, so each is looked up when it is first drawn. */
function lazily(used, find) {
  const found = {};
  for (const [name, wanted] of Object.entries(used)) {
    Object.defineProperty(found, name, { get: () => find(wanted) });
  }
  return found;
}

/** ``program``: modules, templates and configs as program.js exports them. */
export function library(program, wx) {
  const loaded = new Map();
  const pages = new Map();
  const components = new Map();
  let app = {};

  function load(path) {
    if (loaded.has(path)) return loaded.get(path).exports;
    const factory = program.modules[path];
    if (!factory) throw new Error(`no module ${path}`);
    const module = { exports: {} };
    loaded.set(path, module);
    const needs = (wanted) => load(resolve(folder(path), wanted));
    const page = (definition) => pages.set(path, definition);
    const component = (definition) => components.set(path, definition);
    factory(module, module.exports, needs, page, component, (definition) => { app = definition; }, wx, () => app);
    return module.exports;
  }

  function registered(path, definitions) {
    load(path);
    const config = program.configs[path] ?? {};
    const used = { ...program.configs.app.usingComponents, ...config.usingComponents };
    return {
      path,
      config,
      definition: definitions.get(path) ?? {},
      tree: parse(program.templates[path], path),
      components: lazily(used, (wanted) => once(resolve(folder(path), wanted), components)),
    };
  }

  const kept = new Map();
  function once(path, definitions) {
    if (!kept.has(path)) kept.set(path, registered(path, definitions));
    return kept.get(path);
  }

  return {
    page: (path) => once(path, pages),
    has: (path) => path in program.templates && program.configs.app.pages.includes(path),
    start() {
      load("app");
      app.onLaunch?.({});
      return app;
    },
  };
}
