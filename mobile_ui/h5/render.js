// Draws a WXML tree with its data as Preact nodes, and keeps components alive between draws.

import { Component, h } from "./preact.js";
import { elements } from "./elements.js";
import { ComponentInstance } from "./instance.js";
import { camel } from "./wxml.js";

/** ``owner``: instance (handlers), components (name → registered component), slot. */
export const draw = (nodes, scope, owner) => nodes.flatMap((node) => drawNode(node, scope, owner));

function drawNode(node, scope, owner) {
  if (node.text) return [String(node.text(scope) ?? "")];
  if (node.branches) {
    const chosen = node.branches.find((branch) => branch.test(scope));
    return chosen ? drawNode(chosen.node, scope, owner) : [];
  }
  if (node.list) return drawList(node, scope, owner);
  if (node.name === "block") return draw(node.children, scope, owner);
  if (node.name === "slot") return owner.slot ?? [];
  return [drawElement(node, scope, owner)];
}

function drawList(node, scope, owner) {
  return (node.list(scope) ?? []).flatMap((item, index) => {
    const inside = { ...scope, [node.item]: item, [node.index]: index };
    const key = node.key === "*this" ? item : (item?.[node.key] ?? index);
    return drawNode(node.each, inside, owner).map((drawn) => keyed(drawn, key));
  });
}

function keyed(drawn, key) {
  if (drawn && typeof drawn === "object") drawn.key = key;
  return drawn;
}

function drawElement(node, scope, owner) {
  const attributes = valued(node.attributes, scope);
  const dataset = valued(node.data, scope);
  const events = handlers(node, scope, owner, dataset, attributes.id);
  const children = draw(node.children, scope, owner);
  const registered = owner.components[node.name];
  if (registered) {
    const properties = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [camel(key), value]));
    return h(living(registered), { registered, properties, events, slot: children, class: attributes.class });
  }
  const drawIt = elements[node.name];
  if (!drawIt) throw new Error(`<${node.name}> is not an element this host knows`);
  return drawIt({ attributes, dataset, events, children });
}

const valued = (readers, scope) =>
  Object.fromEntries(Object.entries(readers).map(([key, read]) => [key, read(scope)]));

function handlers(node, scope, owner, dataset, id) {
  const made = {};
  for (const [type, { handler, stops }] of Object.entries(node.events)) {
    const name = handler(scope);
    made[type] = (detail = {}, domEvent = undefined) => {
      if (stops) domEvent?.stopPropagation();
      const target = { dataset, id };
      return owner.instance[name]?.({ type, detail, currentTarget: target, target });
    };
  }
  return made;
}

/** A class of its own for each component: Preact must not turn one into another in place. */
const classes = new Map();
function living(registered) {
  if (!classes.has(registered)) classes.set(registered, class extends Living {});
  return classes.get(registered);
}

/** A component of the mini-program, alive as long as its place in the page. */
class Living extends Component {
  constructor(props) {
    super(props);
    this.instance = new ComponentInstance(props.registered.definition, () => this.forceUpdate());
    this.instance.emit = (name, detail) => this.props.events[name.toLowerCase()]?.(detail);
    this.instance.take(props.properties);
  }

  componentDidMount() {
    this.instance.lifetimes.attached?.call(this.instance);
    this.instance.lifetimes.ready?.call(this.instance);
  }

  componentWillUnmount() {
    this.instance.lifetimes.detached?.call(this.instance);
  }

  componentWillReceiveProps(next) {
    this.instance.take(next.properties);
  }

  render({ registered, slot, class: style }) {
    const owner = { instance: this.instance, components: registered.components, slot };
    const inside = draw(registered.tree, this.instance.data, owner);
    return h("div", { "data-style": registered.path, class: `wx-component ${style ?? ""}` }, inside);
  }
}
