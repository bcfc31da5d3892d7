// Short messages and questions: heard by screen readers, closed by Escape, focus given back.

const region = () => document.getElementById("toast");
let timer;

export function toast(message, duration) {
  clearTimeout(timer);
  region().textContent = message;
  region().classList.add("toast--shown");
  timer = setTimeout(hush, Math.max(duration, 3000));
}

/** wx.hideToast: nothing is said any more. */
export function hush() {
  clearTimeout(timer);
  region().classList.remove("toast--shown");
  region().textContent = "";
}

function button(text, style, value, dialog) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `wx-button ${style}`;
  made.textContent = text;
  made.addEventListener("click", () => dialog.close(value));
  return made;
}

function paragraph(name, text, style) {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = style;
  return made;
}

/** wx.showModal: resolves by success({confirm}); Escape is a cancel. */
export function confirm({ title, content, confirmText, cancelText, success }) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-label", title);
  const row = paragraph("div", "", "dialog__row");
  row.append(button(cancelText, "button button--quiet", "cancel", dialog), button(confirmText, "button", "confirm", dialog));
  dialog.append(paragraph("h2", title, "dialog__title"), paragraph("p", content, "dialog__text"), row);
  dialog.addEventListener("close", () => {
    dialog.remove();
    success?.({ confirm: dialog.returnValue === "confirm", cancel: dialog.returnValue !== "confirm" });
  });
  document.body.append(dialog);
  dialog.showModal();
}
