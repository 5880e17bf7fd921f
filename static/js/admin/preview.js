// Shows what a Markdown text will look like, on a button. The box itself stays a plain box.

const show = async (editor) => {
  const place = editor.querySelector("[data-preview-place]");
  const body = new FormData();
  body.set("text", editor.querySelector("textarea").value);
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  try {
    const response = await fetch(editor.dataset.previewUrl, {
      method: "POST", body, headers: { "X-CSRFToken": token, Accept: "text/html" }, redirect: "error",
    });
    const answer = await response.text();
    if (response.ok) place.innerHTML = answer;
    else place.textContent = [422, 429].includes(response.status) ? answer : editor.dataset.previewFailed;
  } catch {
    place.textContent = editor.dataset.previewFailed;
  }
};

for (const button of document.querySelectorAll("[data-preview-button]")) button.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preview-button]");
  if (button) show(button.closest("[data-preview]"));
});
