// Elements built by hand: text is always text, never markup.

const tree = document.body.dataset.tree;

/** An element; attributes that are functions become listeners, false and null are left out. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else node.setAttribute(key, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${tree}icons.svg#${name}`);
  picture.append(use);
  return picture;
}

export const button = (words, act, attributes = {}) =>
  el("button", { type: "button", class: "button", click: act, ...attributes }, words);

export function announce(words) {
  document.getElementById("announce").textContent = words;
}

/** A box for what went wrong; read out when it appears. */
export function trouble() {
  const node = el("div", { class: "trouble", role: "alert", hidden: true });
  return {
    node,
    clear() { node.hidden = true; node.replaceChildren(); },
    show({ title, detail }) {
      node.hidden = false;
      node.replaceChildren(icon("alert-circle"), el("div", {}, el("strong", {}, title), el("span", {}, detail || "")));
    },
  };
}
