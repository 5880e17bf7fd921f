// Keeps a week on this device for days without a network: its questions and one's own words as the server has them.
// Never anybody else's words, and no comments.

const textOf = (element) => element?.textContent.trim() ?? "";

// Until something was confirmed, text and version are those that came with the page.
export function knownOf(box) {
  if (!box.savedAt) return { ...box.served, state: box.held };
  return { text: box.savedText, readers: box.savedReaders, version: box.version, state: box.held };
}

function describeBox(box) {
  const { element } = box;
  const ask = element.querySelector(".ask");
  const number = textOf(ask.querySelector("b"));
  const question = ask.querySelector(".visually-hidden") ? "" : textOf(ask).slice(number.length).trim();
  return {
    ...knownOf(box),
    prompt: box.key,
    url: box.url,
    number,
    question,
    hint: element.querySelector(".hint")?.innerText ?? "",
    choices: [...box.readersField.options].map(({ value, text }) => [value, text]),
  };
}

function describeSection(section, boxes) {
  const subtitle = textOf(section.querySelector("h2 .sub"));
  const heading = textOf(section.querySelector("h2"));
  return {
    heading: heading.slice(0, heading.length - subtitle.length).trim(),
    subtitle,
    due: textOf(section.querySelector("header .due")),
    boxes: boxes.filter((box) => section.contains(box.element)).map(describeBox),
  };
}

export async function keepWeek(form, boxes, journal) {
  if (!journal || boxes.some((box) => "unsaved" in box.element.dataset && !box.savedAt)) return;
  const theme = form.ownerDocument.querySelector(".theme");
  const eyebrow = theme.querySelector(".eyebrow");
  await journal.keepWeek(location.pathname, {
    label: textOf(eyebrow.firstChild),
    when: textOf(eyebrow).slice(textOf(eyebrow.firstChild).length).trim(),
    theme: textOf(theme.querySelector("h1")),
    aim: theme.querySelector(".aim")?.innerText ?? "",
    name: form.dataset.week,
    responsesUrl: form.dataset.responsesUrl,
    prompts: boxes.map((box) => box.key),
    sections: [...form.querySelectorAll("section.sheet")].map((section) => describeSection(section, boxes)),
  });
}

// What is newer stays: an answer may come again after the box moved on.
const newerOf = (box, known) => (known && known.version >= box.version ? { ...box, ...known } : box);

// The boxes of weeks kept before, as the server has confirmed them since: `known` by the prompt's number.
export async function keepBoxes(journal, known) {
  for (const week of await journal.weeks()) {
    if (!week.prompts.some((prompt) => prompt in known)) continue;
    const boxesOf = (section) => section.boxes.map((box) => newerOf(box, known[box.prompt]));
    const sections = week.sections.map((section) => ({ ...section, boxes: boxesOf(section) }));
    await journal.keepWeek(week.path, { ...week, sections });
  }
}
