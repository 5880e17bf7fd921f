// Who is here, for who facilitates: a name pressed corrects it. People keep their places and the focus.

export class People {
  constructor(bar) {
    this.bar = bar;
    this.list = bar.querySelector("[data-people]");
    this.template = bar.querySelector("[data-person-template]");
  }

  show({ people, here, all }) {
    this.write("here", here);
    this.write("everybody", all);
    const known = new Map([...this.list.children].map((item) => [item.dataset.person, item]));
    const ids = new Set(people.map(({ id }) => String(id)));
    for (const [id, item] of known) if (!ids.has(id)) item.remove();
    let place = this.list.firstElementChild;
    for (const person of people) {
      const item = known.get(String(person.id)) ?? this.template.content.firstElementChild.cloneNode(true);
      if (item === place) place = place.nextElementSibling;
      else this.list.insertBefore(item, place);
      fill(item, person);
    }
  }

  write(name, number) {
    const element = this.bar.querySelector(`[data-${name}]`);
    if (element.textContent !== String(number)) element.textContent = number;
  }
}

function fill(item, { id, name, present }) {
  const button = item.querySelector("button");
  item.dataset.person = id;
  item.querySelector("[name=membership]").value = id;
  button.value = present ? "0" : "1";
  button.setAttribute("aria-pressed", String(present));
  if (button.textContent !== name) button.textContent = name;
}
