// What a page or component of the mini-program is while it lives: its data, setData, events.

const INSIDE = /[^.[\]]+/g;

/** Sets ``path`` ("rows[0].open") in ``data``, copying nothing: WeChat's setData does the same. */
export function assign(data, path, value) {
  const keys = path.match(INSIDE);
  const last = keys.pop();
  let holder = data;
  keys.forEach((key, place) => {
    if (holder[key] === null || typeof holder[key] !== "object") {
      holder[key] = /^\d+$/.test(keys[place + 1] ?? last) ? [] : {};
    }
    holder = holder[key];
  });
  holder[last] = value;
}

const copied = (data) => (data === undefined ? {} : JSON.parse(JSON.stringify(data)));

class Instance {
  constructor(definition, refresh) {
    const { data, ...rest } = definition;
    Object.assign(this, rest);
    this.data = copied(data);
    this.refresh = refresh;
  }

  setData(changes, done) {
    for (const [path, value] of Object.entries(changes)) assign(this.data, path, value);
    this.changed?.(Object.keys(changes));
    this.refresh();
    if (done) setTimeout(done);
  }
}

export class PageInstance extends Instance {
  constructor(definition, route, options, refresh) {
    super(definition, refresh);
    Object.assign(this, { route, options });
  }
}

const DEFAULTS = new Map([[String, ""], [Number, 0], [Boolean, false], [Array, []], [Object, null]]);
const initial = (kind) => (kind && "type" in kind ? (kind.value ?? DEFAULTS.get(kind.type)) : DEFAULTS.get(kind));

export class ComponentInstance extends Instance {
  constructor(definition, refresh) {
    const { properties = {}, methods = {}, lifetimes = {}, observers = {}, data } = definition;
    super({ data }, refresh);
    Object.assign(this, methods);
    Object.assign(this, { known: Object.keys(properties), lifetimes, observers });
    for (const [name, kind] of Object.entries(properties)) this.data[name] = initial(kind);
    this.properties = this.data;
  }

  /** Takes what the parent wrote; tells observers of what differs. Draws nothing by itself. */
  take(values) {
    const changed = this.known.filter((name) => name in values && values[name] !== this.data[name]);
    for (const name of changed) this.data[name] = values[name];
    this.changed(changed);
  }

  changed(names) {
    for (const [watched, react] of Object.entries(this.observers)) {
      const fields = watched.split(",").map((field) => field.trim());
      if (fields.some((field) => names.includes(field))) {
        react.apply(this, fields.map((field) => this.data[field]));
      }
    }
  }

  triggerEvent(name, detail) {
    this.emit?.(name, detail);
  }
}
