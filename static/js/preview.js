// The preview button of a box: the text as it will look, in place of the field.

import { cookie, wellFormed } from "./save.js";

export function addPreview(box) {
  const button = box.element.querySelector("[data-preview]");
  if (!button) return;
  const form = box.form;
  const label = button.textContent;
  let shown = null;

  async function show() {
    const body = new FormData();
    body.set("text", wellFormed(box.field.value));
    const panel = document.createElement("div");
    panel.className = "preview prose";
    try {
      const headers = { "X-CSRFToken": cookie(form.dataset.csrfCookie) }; // a week kept on the device has no field for it
      const response = await fetch(form.dataset.previewUrl, { method: "POST", body, headers, redirect: "error", cache: "no-store" });
      const text = await response.text();
      if (response.ok) panel.innerHTML = text; // made safe by the server's sanitizer
      else panel.textContent = (response.headers.get("Content-Type") || "").startsWith("text/plain") ? text : form.dataset.previewFailed;
    } catch {
      panel.textContent = form.dataset.previewFailed;
    }
    panel.tabIndex = -1;
    shown = panel;
    box.field.hidden = true;
    box.field.after(panel);
    panel.focus();
    button.textContent = form.dataset.previewClose;
  }

  function hide() {
    shown.remove();
    shown = null;
    box.field.hidden = false;
    box.field.focus();
    button.textContent = label;
  }

  button.addEventListener("click", () => (shown ? hide() : show()));
}
