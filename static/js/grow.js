// A field as tall as its text, where the browser cannot do it by itself.

export function grow(field) {
  if (CSS.supports("field-sizing", "content")) return;
  const fit = () => {
    field.style.setProperty("height", "auto");
    field.style.setProperty("height", `${Math.min(field.scrollHeight + 2, innerHeight * 0.7)}px`);
  };
  for (const name of ["input", "set"]) field.addEventListener(name, fit);
  fit();
}
