// Notes as lines that can be taken over, and a text into which they go. Nothing here touches the page.

const MARKER = /^(?:[\s>]|[・•‣◦●○■□◆◇▪▸▶►☐☑✅]|[-*+–—―#](?=\s|$)|#{2,6}(?=\s)|-(?=[^\d\s-])|\[[ xX]\]|[(（]?\d{1,3}[.)．）](?=\D|$))+/u;
const LOOSE = /^(?:\[[ xX]\]|[(（]?\d{1,3}[.)、:](?=\D|$)|[①-⑳❶-❿]|Q\d{0,2}[.:]|[\s>#*+\-•・‣◦●○■□◆◇▪▶►▼★☆※→⇒–—―─━ー_=~☐☑✅\[\]])+/u;
const SIGNS = /[\s"'“”‘’「」『』*_\x60?？!！.。,，、…:：]+/gu;
const NAME = /^[^\s、。，．,.!！?？「」『』()（）]{1,12}(?:さん|さま|様|ちゃん|くん|先生|氏)$/u;
const MOST_LINES = 6; // over which a pasted question may be broken

// A line without width, list marker, emphasis, quotes and end punctuation, for comparing only.
const bare = (line) => line.replace(/^[\s]*[①-⑳❶-❿]/u, "").normalize("NFKC").replace(LOOSE, "").replace(SIGNS, "");

const withoutMarker = (line) => line.replace(MARKER, "").trim();

const entryOf = (body) => `- ${body}`;

// How many of these lines are, put together, a question of the page; 0 for none.
function pasted(bares, asked) {
  for (let count = bares.length; count > 0; count -= 1) {
    if (bares[0] && bares[count - 1] && asked.has(bares.slice(0, count).join(""))) return count;
  }
  return 0;
}

// Who said what follows: one of the group, or a name alone on its line with something below it.
function nameIn(lines, place, names) {
  const line = lines[place].trim().replace(/[:：]$/u, "");
  if (names.has(withoutMarker(line))) return withoutMarker(line);
  return NAME.test(line) && lines[place + 1]?.trim() ? line : "";
}

export function questionsOf(texts) {
  return new Set(texts.flatMap((text) => [text, ...text.split("\n")]).map(bare).filter(Boolean));
}

// The lines of a text in order, each { name } or { body }. `asked` from questionsOf(), `names` a Set.
export function linesOf(text, asked, names) {
  const lines = text.split("\n");
  const bares = lines.map(bare);
  const found = [];
  for (let place = 0; place < lines.length; place += 1) {
    const skipped = pasted(bares.slice(place, place + MOST_LINES), asked);
    const name = skipped ? "" : nameIn(lines, place, names);
    if (skipped) place += skipped - 1;
    else if (name) found.push({ name });
    else if (bares[place]) found.push({ body: withoutMarker(lines[place]) });
  }
  return found.filter((line) => line.name || line.body);
}

// Where a line begins that stands there as it was taken over; -1 if it does not, or was changed since.
function find(text, body) {
  let start = 0;
  for (const line of text.split("\n")) {
    if (line.trimEnd() === entryOf(body)) return start;
    start += line.length + 1;
  }
  return -1;
}

export const holds = (text, body) => find(text, body) >= 0;

// All that was taken over, or reads as if it had been.
export function takenIn(text) {
  const entries = text.split("\n").map((line) => line.trimEnd()).filter((line) => line.startsWith(entryOf("")));
  return new Set(entries.map((line) => line.slice(entryOf("").length)));
}

const endOfLine = (text, start) => (text.indexOf("\n", start) + text.length + 1) % (text.length + 1);

// The change that takes a line over: after the one before it in `order`, else before the next one, else at the end.
export function taking(text, body, order) {
  const place = order.indexOf(body);
  const before = order.slice(0, place).reverse().find((each) => holds(text, each));
  const next = order.slice(place + 1).find((each) => holds(text, each));
  if (before !== undefined) {
    const end = endOfLine(text, find(text, before));
    return { start: end, end, put: `\n${entryOf(body)}` };
  }
  if (next !== undefined) {
    const start = find(text, next);
    return { start, end: start, put: `${entryOf(body)}\n` };
  }
  const isBegun = text !== "" && !text.endsWith("\n");
  return { start: text.length, end: text.length, put: `${isBegun ? "\n" : ""}${entryOf(body)}` };
}

// The change that takes it back: exactly this line, with the break that it brought along.
export function leaving(text, body) {
  const start = find(text, body);
  const end = endOfLine(text, start);
  if (end < text.length) return { start, end: end + 1, put: "" };
  return { start: Math.max(0, start - 1), end, put: "" };
}
