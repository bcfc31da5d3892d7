// WeChat's built-in elements as HTML that a keyboard and a screen reader understand.

import { h } from "./preact.js";
import { icons } from "../program.js";
import { CameraView } from "./camera.js";

const PASSED = /^(aria-|id$|lang$|hidden$)/;
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function common({ attributes, dataset, class: extra = "" }) {
  const props = { class: `${extra} ${attributes.class ?? ""}`.trim() };
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "aria-role") props.role = value;
    else if (key === "hidden") props.hidden = Boolean(value);
    else if (PASSED.test(key)) props[key] = value === "" ? undefined : String(value);
  }
  for (const [key, value] of Object.entries(dataset)) {
    if (typeof value !== "object") props[`data-${kebab(key)}`] = String(value);
  }
  if (attributes.style) props.style = styled(attributes.style);
  return props;
}

/** Text of a style attribute as an object: Preact sets it property by property (CSSOM), which
 * the content security policy allows, where an attribute would be refused. */
export function styled(text) {
  const rules = String(text).split(";").map((rule) => rule.split(/:(.*)/s)).filter(([, value]) => value);
  return Object.fromEntries(rules.map(([name, value]) => [name.trim(), inRem(value.trim())]));
}

/** 750rpx are the width of a 375 px phone; in rem they follow the reader's own text size. */
export const inRem = (value) => value.replace(/(-?[\d.]+)rpx/g, (_, count) => `${Number(count) / 32}rem`);

const tapped = (events) => (events.tap ? { onClick: (event) => events.tap({}, event) } : {});

function view(parts) {
  const { events, children } = parts;
  if (!events.tap) return h("div", common({ ...parts, class: "wx-view" }), children);
  return h("button", { type: "button", ...common({ ...parts, class: "wx-view wx-tap" }), ...tapped(events) }, children);
}

function text(parts) {
  return h("span", { ...common({ ...parts, class: "wx-text" }), ...tapped(parts.events) }, parts.children);
}

function button(parts) {
  const { attributes, events, children } = parts;
  const type = attributes["form-type"] === "submit" ? "submit" : "button";
  const props = { type, disabled: Boolean(attributes.disabled), ...tapped(events) };
  if (attributes.loading) props["aria-busy"] = "true";
  return h("button", { ...common({ ...parts, class: "wx-button" }), ...props }, children);
}

function image(parts) {
  const { attributes } = parts;
  const alt = attributes["aria-label"] ?? "";
  return h("img", { ...common({ ...parts, class: "wx-image" }), "aria-label": undefined, role: undefined, src: attributes.src, alt, draggable: false });
}

function navigator(parts) {
  const { attributes, children } = parts;
  const url = String(attributes.url ?? "");
  const outside = /^https?:\/\//.test(url);
  const props = outside ? { href: url, target: "_blank", rel: "noopener" } : { href: `#${url}` };
  if (attributes["open-type"]) props["data-open-type"] = attributes["open-type"];
  return h("a", { ...common({ ...parts, class: "wx-navigator" }), ...props }, children);
}

const TYPES = { number: "text", digit: "text", idcard: "text", text: "text" };
const MODES = { number: "numeric", digit: "decimal" };

function input(parts) {
  const { attributes, events } = parts;
  const type = attributes.password ? "password" : (TYPES[attributes.type] ?? "text");
  const limit = Number(attributes.maxlength ?? 140);
  return h("input", {
    ...common({ ...parts, class: "wx-input" }),
    type: attributes["confirm-type"] === "search" ? "search" : type,
    inputmode: MODES[attributes.type],
    enterkeyhint: attributes["confirm-type"],
    autocomplete: "off", autocapitalize: "off", spellcheck: false,
    maxlength: limit > 0 ? limit : undefined,
    placeholder: attributes.placeholder, value: attributes.value, disabled: Boolean(attributes.disabled),
    onInput: (event) => events.input?.({ value: event.target.value }),
    onBlur: (event) => events.blur?.({ value: event.target.value }),
    onKeyDown: (event) => event.key === "Enter" && !event.isComposing && events.confirm?.({ value: event.target.value }),
  });
}

function textarea(parts) {
  const { attributes, events } = parts;
  return h("textarea", {
    ...common({ ...parts, class: "wx-input wx-textarea" }),
    rows: 3, maxlength: Number(attributes.maxlength ?? 140), placeholder: attributes.placeholder,
    value: attributes.value, onInput: (event) => events.input?.({ value: event.target.value }),
  });
}

function checkboxGroup(parts) {
  const onChange = (event) => {
    const ticked = [...event.currentTarget.querySelectorAll("input:checked")];
    parts.events.change?.({ value: ticked.map((box) => box.value) });
  };
  return h("div", { ...common(parts), onChange }, parts.children);
}

function checkbox(parts) {
  const { value, checked } = parts.attributes;
  return h("input", { ...common({ ...parts, class: "wx-checkbox" }), type: "checkbox", value, checked: Boolean(checked) });
}

function radioGroup(parts) {
  const onChange = (event) => parts.events.change?.({ value: event.target.value });
  return h("div", { ...common(parts), role: "radiogroup", onChange }, parts.children);
}

/** ``name`` is what ties one group together for a browser; WeChat needs none. */
function radio(parts) {
  const { name, value, checked } = parts.attributes;
  return h("input", { ...common({ ...parts, class: "wx-checkbox" }), type: "radio", name, value, checked: Boolean(checked) });
}

/** A picker is the browser's own: people know it, and so does their screen reader. */
function picker(parts) {
  const { attributes, events } = parts;
  const props = { ...common({ ...parts, class: "wx-picker" }), "aria-label": attributes["aria-label"] };
  if (attributes.mode === "date") {
    const onInput = (event) => events.change?.({ value: event.target.value });
    const type = attributes.fields === "month" ? "month" : "date";
    return h("input", { ...props, type, value: attributes.value, min: attributes.start, max: attributes.end, onInput });
  }
  const options = (attributes.range ?? []).map((item, place) =>
    h("option", { value: place, selected: place === Number(attributes.value) }, attributes["range-key"] ? item[attributes["range-key"]] : item));
  return h("select", { ...props, onChange: (event) => events.change?.({ value: Number(event.target.value) }) }, options);
}

function form(parts) {
  const onSubmit = (event) => {
    event.preventDefault();
    parts.events.submit?.({});
  };
  return h("form", { ...common(parts), novalidate: true, onSubmit }, parts.children);
}

function label(parts) {
  return h("label", { ...common({ ...parts, class: "wx-label" }), for: parts.attributes.for }, parts.children);
}

const camera = (parts) => h(CameraView, { ...common({ ...parts, class: "wx-camera" }), events: parts.events });

/** Not WeChat's: the icon component asks for it where a sprite can be used (icon.wxml). */
function sprite(parts) {
  const name = icons.includes(parts.attributes.name) ? parts.attributes.name : "file-text";
  const turns = /^chevron-(left|right)$/.test(name) ? " wx-sprite--way" : "";
  return h("svg", { ...common({ ...parts, class: `wx-sprite${turns}` }), viewBox: "0 0 24 24", "aria-hidden": "true" },
    h("use", { href: `${import.meta.url.replace(/h5\/.*/, "")}icons.svg#${name}` }));
}

export const elements = {
  view, text, button, image, navigator, input, textarea, checkbox, picker, form, label, camera, sprite,
  radio, "radio-group": radioGroup, "checkbox-group": checkboxGroup, "scroll-view": view, "cover-view": view,
};
