"""Reading people as spreadsheets hand them over: pasted rows, and files of comma-separated values."""

import time

import pytest
from django import forms
from django.core.exceptions import ValidationError

from cohorts.addresses import Address, Fate, is_address, read_addresses
from cohorts.tables import NotText, decode, with_tabs

HANA, MIKA = Address("hana@example.com", "山田 ハナ"), Address("mika@example.com", "ミカ")


def fates(text):
    return [line.fate for line in read_addresses(text).lines]


@pytest.mark.parametrize(
    "text",
    [
        "山田 ハナ\thana@example.com\nミカ\tmika@example.com",
        "hana@example.com\t山田 ハナ\nmika@example.com\tミカ",
        "1\t山田 ハナ\t090-1234-5678\thana@example.com\n2\tミカ\t\tmika@example.com",
        "2027/4/1 21:00\thana@example.com\t山田 ハナ\t会員\n2027/4/2 9:05\tmika@example.com\tミカ\t会員",
        '"山田\nハナ"\thana@example.com\r\nミカ\tmika@example.com\r\n',
        "山田　ハナ\tＨａｎａ＠example.com\n\n\t\t\nミカ\tmika@example.com\t",
        "\t山田 ハナ <hana@example.com>\n\tミカ（mika@example.com）",
    ],
)
def test_name_and_address_in_any_column(text):
    assert read_addresses(text).good == [HANA, MIKA]
    assert not read_addresses(text).bad


@pytest.mark.parametrize(
    "text",
    [
        "お名前\tメールアドレス\n山田 ハナ\thana@example.com\nミカ\tmika@example.com",
        "E-mail\tふりがな\t氏名\nhana@example.com\tやまだ はな\t山田 ハナ\nmika@example.com\tみか\tミカ",
        "氏名\tメール\tニックネーム\n山田花子\thana@example.com\t山田 ハナ\n佐藤美香\tmika@example.com\tミカ",
        "姓\t名\tメール\n山田\tハナ\thana@example.com\n\tミカ\tmika@example.com",
        "緊急連絡先メール\tメール\t名前\n\thana@example.com\t山田 ハナ\nboss@example.com\tmika@example.com\tミカ",
        "名前,メールアドレス,メモ\n山田 ハナ,hana@example.com,春\nミカ,mika@example.com,",
    ],
)
def test_the_head_names_the_columns_and_is_nobody(text):
    pasted = read_addresses(text)
    assert pasted.good == [HANA, MIKA]
    assert [line.fate for line in pasted.lines] == [Fate.HEADING, Fate.GOOD, Fate.GOOD]
    assert [line.number for line in pasted.lines] == [1, 2, 3]


def test_a_second_address_in_the_row_is_not_written_to_when_the_head_names_one():
    text = "名前\tメール\t緊急連絡先\nハナ\thana@example.com\tmother@example.com"
    assert read_addresses(text).good == [Address("hana@example.com", "ハナ")]


def test_without_a_head_every_address_is_somebody():
    pasted = read_addresses("a@example.com\tb@example.com\nc@example.com\td@example.com")
    assert [address.email[0] for address in pasted.good] == ["a", "b", "c", "d"]


def test_each_row_says_what_became_of_it():
    text = (
        "名前\tメール\nハナ\thana@example.com\nミカ\tmika@\nハナ\tHANA@example.com\nみどり\t\n\nケイ\tkei@example.com"
    )
    good, bad = Fate.GOOD, Fate.BAD
    assert fates(text) == [Fate.HEADING, good, bad, Fate.REPEATED, bad, good]
    pasted = read_addresses(text)
    assert [line.number for line in pasted.lines] == [1, 2, 3, 4, 5, 7]
    assert pasted.bad == ["ミカ\tmika@", "みどり"]
    assert pasted.repeated == ["hana@example.com"]


def test_what_was_left_can_be_mended_and_sent_again():
    """The head stays with it, or the wrong column would be written to."""
    text = "緊急連絡先\tメール\t名前\nboss@example.com\tmika@\tミカ\n\thana@example.com\tハナ"
    left = read_addresses(text).to_mend
    assert left == "緊急連絡先\tメール\t名前\nboss@example.com\tmika@\tミカ"
    assert read_addresses(left.replace("mika@", "mika@example.com")).good == [MIKA]
    assert read_addresses("名前\tメール\nハナ\thana@example.com").to_mend == ""


@pytest.mark.parametrize("text", ["メールアドレス\nhana@example.com", "Mail\n\nhana@example.com"])
def test_a_head_over_one_column(text):
    assert fates(text) == [Fate.HEADING, Fate.GOOD]


@pytest.mark.parametrize("text", ["ハナさんのメール", "名前", "アドレス帳のとおり"])
def test_a_sentence_is_no_head(text):
    assert fates(text) == [Fate.BAD]


def test_a_quote_that_nobody_closed_swallows_no_row():
    text = '"ハナ\thana@example.com\nミカ\tmika@example.com\nケイ\tkei@example.com'
    assert [address.name for address in read_addresses(text).good] == ["ハナ", "ミカ", "ケイ"]


CSV = (
    'No.,氏名,メールアドレス,備考\r\n1,"山田 ハナ",hana@example.com,"春, あ"\r\n2,ミカ,mika@example.com,"二\r\n行"\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_in_every_encoding_that_excel_writes(encoding, separator):
    data = CSV.replace("春, ", "春 ").replace(",", separator).encode(encoding)
    pasted = read_addresses(with_tabs(decode(data)))
    assert pasted.good == [HANA, MIKA]
    assert not pasted.bad


def test_a_file_of_one_column():
    assert read_addresses(with_tabs("hana@example.com\nmika@example.com\n")).good[1].email == "mika@example.com"


def test_commas_within_quotes_separate_nothing():
    assert read_addresses(with_tabs('"山田, ハナ",hana@example.com')).good == [
        Address("hana@example.com", "山田, ハナ")
    ]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00\x08\x00", b"\x89PNG\r\n\x1a\n\x00", b"\xff\xfea"])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(NotText):
        decode(data)


@pytest.mark.parametrize(
    "text",
    [
        "\t" * 60_000,
        "a@b.jp\t" * 8_000,
        "メール\n" * 15_000,
        '"' * 60_000 + "\t",
        "x\ty\n" * 15_000,
        "名前\tx\n" * 12_000,
    ],
)
def test_long_tables_are_read_in_no_time(text):
    begun = time.process_time()
    read_addresses(text)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("email", ["ha..na@docomo.ne.jp", "hana.@docomo.ne.jp", "h...na.@ezweb.ne.jp", "hana-.@au.com"])
def test_the_carriers_old_addresses_are_taken(email):
    assert read_addresses(f"ハナ <{email}>").good == [Address(email, "ハナ")]
    assert forms.EmailField().clean(email) == email


@pytest.mark.parametrize(
    "email", ["ha..na@example.com", "hana.@gmail.com", ".hana@docomo.ne.jp", "..@docomo.ne.jp", "@au.com"]
)
def test_elsewhere_odd_dots_are_a_slip(email):
    assert not is_address(email)
    assert read_addresses(email).bad == [email]


@pytest.mark.parametrize(
    "email", [".hana@docomo.ne.jp", "ha na@docomo.ne.jp", "ha\nna@docomo.ne.jp", "h@na@docomo.ne.jp"]
)
def test_forms_refuse_what_never_was_an_address(email):
    with pytest.raises(ValidationError):
        forms.EmailField().clean(email)
