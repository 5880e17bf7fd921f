import re

import pytest

from tests.cast import join, make_user, make_users, prompt_of
from workbook.nicknames import address, others_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("nickname", "addressed"),
    [
        ("あおい", "あおいさん"),
        ("あおいさん", "あおいさん"),
        ("なぎちゃん", "なぎちゃん"),
        ("みずき様", "みずき様"),
        ("みずきさま", "みずきさま"),
        ("はる先生", "はる先生"),
        ("山田氏", "山田氏"),
        ("さんご", "さんごさん"),
    ],
)
def test_everybody_is_addressed_once(nickname, addressed):
    assert address(nickname) == addressed


def test_names_are_those_of_today_without_ones_own(cast, django_assert_num_queries):
    join(cast.cohort, make_user("えま"))
    with django_assert_num_queries(1):
        names = others_in(cast.cohort, cast.member)
    assert names == ["colleagueさん", "facilitatorさん", "えまさん"]


def test_two_of_one_name_are_one_button(cast):
    one, other = make_users("ゆき", "yuki2").values()
    other.nickname = "ゆき"
    other.save(update_fields=["nickname"])
    join(cast.cohort, one)
    join(cast.cohort, other)
    assert others_in(cast.cohort, cast.member).count("ゆきさん") == 1


def names_on(page: str) -> list[str]:
    return re.findall(r'data-name="([^"]+)"', page)


def test_the_notes_alone_have_the_row(client, cast):
    week = prompt_of(cast.cohort).section.week
    client.force_login(cast.member)
    page = client.get(week.get_absolute_url()).content.decode()
    assert names_on(page) == ["colleagueさん", "facilitatorさん"]
    assert page.count("data-notebar") == 1
    assert page.index("data-notebar") > page.index("グループセッションでの気づき")


def test_who_only_looks_and_who_only_reads_has_no_row(client, cast):
    week = prompt_of(cast.cohort).section.week
    client.force_login(cast.organizer)
    assert "data-notebar" not in client.get(week.get_absolute_url()).content.decode()
    cast.cohort.finish()
    client.force_login(cast.member)
    assert "data-notebar" not in client.get(week.get_absolute_url()).content.decode()
