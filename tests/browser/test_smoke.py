"""The bench itself works: browser, live server, session, and the watch for violations."""

from tests.browser.conftest import address


def test_sign_in_page_opens_on_a_phone(phone):
    phone.goto("/accounts/login/")
    assert phone.locator("html").get_attribute("lang") == "ja"
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_anonymous_is_led_to_sign_in(desk, live_server):
    desk.goto("/")
    assert desk.url.startswith(f"{address(live_server)}/accounts/login/")


def test_member_opens_this_week(phone, cast, sign_in):
    sign_in(phone, cast.member)
    response = phone.goto("/")
    assert response.status == 200
    assert phone.locator("main").is_visible()


def test_works_without_javascript(plain_page, cast, sign_in):
    sign_in(plain_page, cast.member)
    assert plain_page.goto(cast.cohort.weeks.get(number=1).get_absolute_url()).status == 200
    assert plain_page.locator("textarea").count() >= 5
