// A key for what must happen once, however often it is pressed or sent again.

/** 32 characters by chance: an Idempotency-Key. The same one goes along with every new try. */
function newKey() {
  if (typeof crypto !== "undefined" && crypto.getRandomValues) {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join("");
}

/** Keys by what they are for: the same content keeps its key, other content gets another. */
function keys() {
  let known = "";
  let key = "";
  return {
    for(content) {
      const said = JSON.stringify(content);
      if (said !== known) [known, key] = [said, newKey()];
      return key;
    },
  };
}

module.exports = { newKey, keys };
