"""Reading pasted addresses."""

import time

import pytest

from cohorts.addresses import Address, read_addresses


@pytest.mark.parametrize(
    ("line", "email", "name"),
    [
        ("hana@example.com", "hana@example.com", ""),
        ("  Hana@Example.COM  ", "hana@example.com", ""),
        ("ハナ <hana@example.com>", "hana@example.com", "ハナ"),
        ("ハナ　hana@example.com", "hana@example.com", "ハナ"),
        ("hana@example.com ハナ", "hana@example.com", "ハナ"),
        ("ハナ＜ｈａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ＞", "hana@example.com", "ハナ"),
        ("ハナ（hana＠example.com）", "hana@example.com", "ハナ"),
        ('"山田 ハナ" <hana@example.com>,', "hana@example.com", "山田 ハナ"),
        ("山田, hana@example.com", "hana@example.com", "山田"),
        ("・ハナ、hana@example.com", "hana@example.com", "ハナ"),
        ("1. ハナ hana@example.com", "hana@example.com", "ハナ"),
        ("メール：hana@example.com", "hana@example.com", "メール"),
        ("mailto:hana@example.com", "hana@example.com", ""),
        ("hana@example.com。", "hana@example.com", ""),
        ("\ufeffhana@example.com\u200b", "hana@example.com", ""),
        ("hana.o'hara+salon@mail.example.co.jp", "hana.o'hara+salon@mail.example.co.jp", ""),
        ("'hana@example.com'", "hana@example.com", ""),
    ],
)
def test_one_address_in_many_spellings(line, email, name):
    pasted = read_addresses(line)
    assert pasted.good == [Address(email, name)]
    assert pasted.bad == []


@pytest.mark.parametrize(
    "line",
    ["ハナさん", "hana@", "@example.com", "hana@example", "a@@example.com", "a@b@example.com", "花@", "éa@example.com"],
)
def test_what_is_no_address_is_kept_as_typed(line):
    pasted = read_addresses(f"good@example.com\n{line}\n")
    assert [address.email for address in pasted.good] == ["good@example.com"]
    assert pasted.bad == [line]


def test_several_on_a_line_and_twice():
    pasted = read_addresses("a@example.com, ミカ <b@example.com>；c@example.com d@example.com\n\n---\nA@example.com")
    assert [address.email for address in pasted.good] == [f"{name}@example.com" for name in "abcd"]
    assert pasted.repeated == ["a@example.com"]
    assert pasted.good[1].name == "ミカ"


@pytest.mark.parametrize("name", ["http://evil.example さん", "evil.jp", "www.悪.jp", "あ\x07い"])
def test_what_cannot_be_a_salutation_is_left_out(name):
    assert read_addresses(f"{name} <b@example.com>").good == [Address("b@example.com")]


@pytest.mark.parametrize("text", ["a" * 60_000, "a@" * 30_000, "<" * 60_000, "あ、" * 30_000, "a@b.jp " * 8_000])
def test_long_texts_are_read_in_no_time(text):
    begun = time.process_time()
    read_addresses(text)
    assert time.process_time() - begun < 1


def test_a_piece_too_long_is_no_address():
    assert read_addresses(f"{'あ ' * 200} a@example.com").good == []


def test_a_long_name_is_cut_and_a_long_address_refused():
    assert len(read_addresses(f"{'あ' * 60} <a@example.com>").good[0].name) == 30
    assert read_addresses(f"{'a' * 60}@{'b.' * 100}example.com").good == []
