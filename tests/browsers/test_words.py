"""No word is lost, in no engine: write, reload, Back, two devices, form restore, an expired session, no network."""

from django.contrib.sessions.models import Session

from tests.cast import write
from workbook.models import Revision

from .conftest import PASSWORD
from .device import CONFLICT, DIALOG, JOIN, LINE, Device
from .server import Server

SAVED = "保存しました"
UNSENT = ("送信できていません", "この端末に保存済み")
RETRY = 40
"""Seconds: the pause between two attempts grows to 30 seconds and a fifth."""


def test_written_is_saved(device: Device, prompt, stored):
    device.write(prompt.pk, "　電車の中で\n思いついたこと")
    device.until_line(SAVED)
    assert stored() == "　電車の中で\n思いついたこと"


def test_rare_signs_arrive_to_the_letter(device: Device, prompt, stored):
    device.paste(prompt.pk, "👩‍👩‍👧 葛󠄀 が\n  ")
    device.until_line(SAVED)
    assert stored() == "👩‍👩‍👧 葛󠄀 が\n  "


def test_reload_at_once_loses_nothing(device: Device, prompt, stored):
    device.write(prompt.pk, "書いてすぐ読み込み直す")
    device.reload()
    device.until_text(prompt.pk, "書いてすぐ読み込み直す")
    device.until(lambda: stored() == "書いてすぐ読み込み直す", "the words in the database")
    assert not Revision.objects.filter(response__prompt=prompt, version=None).exists()


def test_back_shows_the_newest_words_and_goes_on_saving(device: Device, prompt, stored):
    device.write(prompt.pk, "離れるまえ")
    device.press("今週", within="nav")
    device.until(lambda: device.path == "/", "this week's page")
    device.back()
    device.until_text(prompt.pk, "離れるまえ")
    device.write(prompt.pk, "、戻ったあと")
    device.until(lambda: stored() == "離れるまえ、戻ったあと", "both in the database")
    device.until_line(SAVED)


def test_two_devices_show_both_texts_and_join_them(device: Device, cast, prompt, stored):
    write(cast.membership, prompt, "電話の文")
    device.write(prompt.pk, "机の文")
    conflict = CONFLICT.format(prompt.pk)
    device.until(lambda: "電話の文" in device.says(conflict), "the other text")
    assert "机の文" in device.says(conflict)
    assert device.text(prompt.pk) == "机の文"
    device.click(f"{conflict} {JOIN}")
    device.until_line(SAVED)
    assert "机の文" in stored()
    assert "電話の文" in stored()
    device.until_text(prompt.pk, stored())


def test_old_words_do_not_come_back_by_reload(device: Device, prompt, stored, write_elsewhere):
    device.write(prompt.pk, "この端末の古い文")
    device.until_line(SAVED)
    write_elsewhere("別の端末の新しい文")
    device.reload()
    device.until_text(prompt.pk, "別の端末の新しい文")
    device.write(prompt.pk, "、続き")
    device.until(lambda: stored() == "別の端末の新しい文、続き", "both in the database")


def test_unsent_words_and_newer_ones_of_the_server_are_both_kept(
    device: Device, prompt, server: Server, stored, write_elsewhere
):
    device.until_ready()
    server.stop()
    device.write(prompt.pk, "送れなかった文")
    device.until(lambda: device.says(LINE).startswith(UNSENT), "that nothing was sent")
    write_elsewhere("そのあいだの文")
    server.start()
    device.reload()
    conflict = CONFLICT.format(prompt.pk)
    device.until(lambda: "そのあいだの文" in device.says(conflict), "the other text")
    assert device.text(prompt.pk) == "送れなかった文"
    assert stored() == "そのあいだの文"
    assert Revision.objects.filter(response__prompt=prompt, version=None, text="送れなかった文").exists()


def test_expired_session_asks_in_place_and_saves_afterwards(device: Device, prompt, stored):
    device.write(prompt.pk, "切れるまえ")
    device.until_line(SAVED)
    Session.objects.all().delete()
    device.write(prompt.pk, "、切れたあと")
    device.until(lambda: device.says(DIALOG), "being asked to sign in")
    assert device.text(prompt.pk) == "切れるまえ、切れたあと"
    assert stored() == "切れるまえ"
    device.sign_in_again(PASSWORD)
    device.until_line(SAVED)
    assert stored() == device.text(prompt.pk) == "切れるまえ、切れたあと"
    device.write(prompt.pk, "、その先")
    device.until(lambda: stored() == "切れるまえ、切れたあと、その先", "all of it in the database")


def test_without_a_server_words_wait_and_go_by_themselves(device: Device, prompt, server: Server, stored):
    device.until_ready()
    server.stop()
    device.write(prompt.pk, "トンネルの中")
    device.until(lambda: device.says(LINE).startswith(UNSENT), "that nothing was sent")
    assert stored() is None
    server.start()
    device.until_line(SAVED, RETRY)
    assert stored() == "トンネルの中"


def test_without_a_server_the_week_opens_again_and_is_written_in(device: Device, prompt, server: Server, stored):
    device.write(prompt.pk, "駅で")
    device.until_line(SAVED)
    device.until_offline_is_possible(prompt.section.week.get_absolute_url())
    server.stop()
    device.reload()
    device.until_text(prompt.pk, "駅で")
    device.write(prompt.pk, "、地下で")
    device.until(lambda: device.says(LINE).startswith(UNSENT), "that nothing was sent")
    device.reload()
    device.until_text(prompt.pk, "駅で、地下で")
    server.start()
    device.until(lambda: stored() == "駅で、地下で", "both in the database", RETRY)
