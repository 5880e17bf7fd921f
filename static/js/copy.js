// Copies a link or a text with one press. Without a script the field can be selected and copied by hand.

for (const place of document.querySelectorAll("[data-copy]")) {
  const field = place.querySelector("input, textarea");
  const button = place.querySelector("[data-copy-button]");
  const label = button.textContent;
  button.hidden = !navigator.clipboard;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
