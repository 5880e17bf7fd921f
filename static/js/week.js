// Builds a kept week from the templates of the shell. The boxes are the server's own markup with nothing in it.

const EMPTY = "0"; // the box in the template belongs to no prompt

const cloneOf = (name) => document.querySelector(`[data-${name}-template]`).content.cloneNode(true);

function put(root, selector, text) {
  const element = root.querySelector(selector);
  if (text) element.textContent = text;
  else element.remove();
}

// Every name, address and reference in the template ends in the prompt's number, or has it as a part of its path.
function number(element, prompt) {
  for (const each of [element, ...element.querySelectorAll("*")]) {
    for (const { name, value } of [...each.attributes]) {
      const own = value.replace(`/prompts/${EMPTY}/`, `/prompts/${prompt}/`).replace(new RegExp(`-${EMPTY}$`), `-${prompt}`);
      if (own !== value) each.setAttribute(name, own);
    }
  }
}

function ask(element, { number: place, question }, heading) {
  const title = element.querySelector(".ask");
  const [bold] = title.querySelectorAll("b");
  if (!question) {
    const hidden = document.createElement("span");
    hidden.className = "visually-hidden";
    hidden.textContent = heading;
    title.replaceChildren(hidden);
    return;
  }
  bold.textContent = place;
  title.replaceChildren(...(place ? [bold, question] : [question]));
}

function buildBox(kept, heading) {
  const element = cloneOf("box").firstElementChild;
  number(element, kept.prompt);
  element.dataset.url = kept.url;
  ask(element, kept, heading);
  put(element, ".hint", kept.hint);
  const field = element.querySelector("textarea");
  if (!kept.hint) field.removeAttribute("aria-describedby");
  field.defaultValue = kept.text;
  element.querySelector("[data-version]").value = kept.version;
  const isOwn = (value) => value === kept.readers;
  const options = kept.choices.map(([value, text]) => new Option(text, value, isOwn(value), isOwn(value)));
  element.querySelector("[data-readers]").replaceChildren(...options);
  return element;
}

function showState(element, state, say) {
  const badge = element.querySelector("[data-state]");
  badge.className = `state ${state}`;
  badge.textContent = say[state];
}

function buildSection(kept, say) {
  const section = cloneOf("section").firstElementChild;
  const title = section.querySelector("h2");
  title.prepend(kept.heading);
  put(section, ".sub", kept.subtitle);
  put(section, ".due", kept.due);
  for (const box of kept.boxes) {
    const element = buildBox(box, kept.heading);
    showState(element, box.state, say);
    section.append(element);
  }
  return section;
}

// Puts the kept week into the page; its form is what a worksheet starts with.
export function buildWeek(kept, user) {
  const page = cloneOf("week");
  const form = page.querySelector("form");
  put(page, "[data-label]", `${kept.label}　${kept.when}`);
  put(page, "h1", kept.theme);
  put(page, "[data-aim]", kept.aim);
  Object.assign(form.dataset, { user, week: kept.name, responsesUrl: kept.responsesUrl });
  form.querySelector(".pair").append(...kept.sections.map((section) => buildSection(section, form.dataset)));
  document.querySelector("[data-shell]").replaceWith(page);
  document.querySelector("#main").classList.add("wide");
  document.title = `${kept.label} – Hisho`;
  return form;
}
