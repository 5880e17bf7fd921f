"""Every text of the corpus, put into a field of the page: saved, reloaded, read from the field and the database."""

import asyncio

from .corpus import CASES, mended
from .ledger import rows
from .typist import device

HELD = "SELECT prompt_id, text FROM workbook_response WHERE membership_id = {}"


async def write_all(phone, cases, wrong):
    """As many texts at once as the page has boxes."""
    await phone.open()
    for start in range(0, len(cases), len(phone.prompts)):
        group = dict(zip(phone.prompts, cases[start:], strict=False))
        for prompt, (_name, text) in group.items():
            await phone.put(prompt, text)
        await phone.blur()
        await phone.says_saved()
        held = dict(rows(phone.site.database, HELD.format(phone.person.membership)))
        await phone.page.reload()
        await phone.ready()
        fields = await phone.fields()
        for prompt, (name, text) in group.items():
            if held.get(prompt, "") != mended(text):
                wrong.append((name, "database", text[:40], held.get(prompt, "")[:40]))
            if fields[prompt] != mended(text):
                wrong.append((name, "field", text[:40], fields[prompt][:40]))


def test_every_text_comes_back_to_the_page(chrome, pages, on_sqlite, tmp_path, figure, scale):
    cases = list(CASES.items())[:: scale(40, 1)]
    sites, wrong = {"PostgreSQL": pages, "SQLite": on_sqlite}, []

    async def lane(here, week):
        async with device(chrome.browser, here, here.members[2], tmp_path, week) as phone:
            await write_all(phone, cases[week :: len(here.weeks)], wrong)

    async def play():
        await asyncio.gather(*[lane(here, week) for here in sites.values() for week in range(len(here.weeks))])

    chrome.run(play())
    for name in sites:
        figure(f"texts of the corpus through the page to {name} and back", len(cases), "≥ 300")
    figure("texts of the corpus changed in a page", len({name for name, *_rest in wrong}), "= 0")
    assert wrong == []
