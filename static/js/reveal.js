// Brings the caret of a field into sight: browsers do it after a key, not after words that a script has put there.

// How far down the line with the caret ends, measured in a field like this one that holds the text up to there.
function depth(field) {
  const like = field.cloneNode();
  like.removeAttribute("id");
  like.removeAttribute("name");
  like.value = field.value.slice(0, field.selectionEnd);
  Object.assign(like.style, { position: "absolute", visibility: "hidden", width: `${field.offsetWidth}px`, height: "0", minHeight: "0" });
  field.after(like);
  const { scrollHeight } = like;
  like.remove();
  return scrollHeight;
}

export function reveal(field) {
  const bottom = depth(field);
  const line = 2 * parseFloat(getComputedStyle(field).lineHeight);
  if (bottom > field.scrollTop + field.clientHeight) field.scrollTop = bottom - field.clientHeight;
  else if (bottom - line < field.scrollTop) field.scrollTop = bottom - line;
  field.scrollIntoView({ block: "nearest" }); // it grew with its text
}
