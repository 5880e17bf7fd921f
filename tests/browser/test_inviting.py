"""Inviting in a real browser: a file and a report, a link to post, a code typed on a phone, the organizers' list."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from cohorts.models import ORGANIZERS, Cohort, Invitation, Mail, Membership
from tests.browser.axe import findings_in_both, fits
from tests.cast import make_user

INVITE = "/admin/cohorts/invitation/add/"
WIDTHS = [360, 768, 1280]
SMALL = """() => [...document.querySelectorAll("#content :is(a.button, button, summary.button), main :is(.button)")]
  .filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.textContent)"""
TABLE = "お名前\tメール\nハナ\thana@example.com\nミカ\tmika@\nm\tmember@example.com\nなな\tna..na.@docomo.ne.jp"


def faults(page):
    """What is wrong with how the page looks; empty when all is well."""
    wide = [width for width in WIDTHS if not fits(page, width)]
    page.set_viewport_size({"width": 360, "height": 800})
    return [*wide, *page.evaluate(SMALL), *findings_in_both(page).items()]


@pytest.fixture
def office(new_page, cast, sign_in):
    page = new_page(viewport={"width": 360, "height": 800})
    sign_in(page, cast.organizer)
    return page


def test_a_table_is_pasted_and_each_line_is_reported(office, cast):
    office.goto(f"{INVITE}?cohort={cast.cohort.pk}")
    office.locator("#id_addresses").fill(TABLE)
    office.locator("button[name=invite]").click()
    rows = office.locator(".report tbody tr")
    assert [row.get_attribute("data-fate") for row in rows.all()] == ["good", "bad", "good", "good"]
    assert rows.nth(1).locator("td").nth(0).inner_text() == "3"
    assert office.locator("#id_addresses").input_value() == "お名前\tメール\nミカ\tmika@"
    assert set(Mail.objects.values_list("to", flat=True)) == {"hana@example.com", "na..na.@docomo.ne.jp"}
    assert faults(office) == []


def test_a_file_from_excel(office, cast):
    data = "No,氏名,メール\r\n1,ハナ,hana@example.com\r\n2,ミカ,mika@example.com\r\n".encode("cp932")
    office.goto(f"{INVITE}?cohort={cast.cohort.pk}")
    office.locator("#id_file").set_input_files({"name": "meibo.csv", "mimeType": "text/csv", "buffer": data})
    office.locator("button[name=invite]").click()
    office.wait_for_url(f"**/invitation/?cohort={cast.cohort.pk}")
    assert list(Invitation.objects.order_by("email").values_list("nickname", flat=True)) == ["ハナ", "ミカ"]
    Mail.objects.filter(to="mika@example.com").update(state="failed")
    office.reload()
    assert office.locator(".field-mail .trouble").count() == 1
    assert faults(office) == []


def test_a_link_to_post_is_copied_with_its_text_and_shown_as_a_code(office, cast):
    office.context.grant_permissions(["clipboard-read", "clipboard-write"])
    office.goto(f"{INVITE}?cohort={cast.cohort.pk}")
    office.locator("button[name=share]").click()
    office.wait_for_url("**/share/")
    link = Invitation.objects.get().url
    office.locator("[data-copy-button]").first.click()
    office.wait_for_function("async () => (await navigator.clipboard.readText()).length > 0")
    copied = office.evaluate("navigator.clipboard.readText()").splitlines()
    assert link in copied
    assert cast.cohort.name in copied[0]
    code = office.locator("img.qr")
    assert code.evaluate("(image) => image.complete && image.naturalWidth > 0")
    with office.expect_download() as download:
        office.locator("a[download$='.png']").click()
    assert download.value.suggested_filename == f"qr-{cast.cohort.slug}.png"
    assert faults(office) == []


def test_the_code_is_typed_on_a_phone(phone, cast):
    stranger = cast.stranger
    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, email=stranger.email)
    phone.goto("/join/")
    phone.locator("#id_email").fill(stranger.email)
    phone.locator("#id_typed").fill("aaaa aaaa")
    phone.locator("main button.primary").click()
    assert phone.locator("[role=alert]").count() == 1
    assert faults(phone) == []
    phone.locator("#id_typed").fill(invitation.spaced_code.lower())
    phone.locator("main button.primary").click()
    phone.wait_for_url("**/invitations/**")
    assert cast.cohort.name in phone.locator("h1").inner_text()
    assert not Membership.objects.filter(user=stranger, cohort=cast.cohort).exists()


def test_the_organizers_and_the_end_of_a_role(office, cast):
    second = make_user("second")
    second.groups.add(Group.objects.get(name=ORGANIZERS))
    Cohort.objects.filter(pk=cast.cohort.pk).update(organizer=second)
    office.goto(reverse("admin:cohorts_membership_organizers"))
    office.locator("li", has_text="second@").locator("summary").click()
    assert faults(office) == []
    office.locator(f"button[name=end][value='{second.pk}']").click()
    office.wait_for_load_state()
    assert office.locator("li", has_text="second@").count() == 0
    assert Cohort.objects.get(pk=cast.cohort.pk).organizer == cast.organizer
    assert faults(office) == []
