// The print button: shown only where it does something.

const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
