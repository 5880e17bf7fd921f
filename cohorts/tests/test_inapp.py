"""An invitation opened inside an app leads to the person's own browser."""

import pytest
from django.test import RequestFactory

from cohorts.inapp import way_out
from cohorts.models import Invitation

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A.250205.002; wv) AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = "Version/4.0 Chrome/133.0.6943.137 Mobile Safari/537.36"
LINE_IPHONE = f"{IPHONE} Mobile/15E148 Safari Line/15.12.1"
LINE_ANDROID = f"{PIXEL} {CHROME} Line/15.12.1/IAB"
INTENT = "intent://testserver/invitations/abc/?a=1#Intent;scheme=http;end"
APPS = {
    "LINE, iPhone": LINE_IPHONE,
    "LINE, Android": LINE_ANDROID,
    "LIFF": f"{LINE_IPHONE} LIFF",
    "Facebook, iPhone": f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/500.0.0.50.103;FBDV/iPhone13,3;FBLC/ja_JP;FBOP/80]",
    "Messenger, iPhone": f"{IPHONE} Mobile/22G86 [FBAN/MessengerForiOS;FBAV/498.0.0.35.108;FBLC/ja_JP]",
    "Facebook, Android": f"{PIXEL} {CHROME} [FB_IAB/FB4A;FBAV/503.0.0.70.74;]",
    "Instagram, iPhone": f"{IPHONE} Mobile/15E148 Instagram 375.0.0.20.100 (iPhone13,3; iOS 18_6; ja_JP; ja)",
    "Instagram, Android": f"{PIXEL} {CHROME} Instagram 375.0.0.36.109 Android (35/15; 420dpi; 1080x2400; Google)",
    "Threads, iPhone": f"{IPHONE} Mobile/22G86 Barcelona 375.0.0.28.109 (iPhone13,3; iOS 18_6; ja_JP; ja)",
    "X, iPhone": f"{IPHONE} Mobile/15E148 Twitter for iPhone/11.8",
    "X, Android": f"{PIXEL} {CHROME} TwitterAndroid",
    "TikTok, iPhone": f"{IPHONE} Mobile/15E148 musical_ly_40.1.0 JsSdk/2.0 NetType/WIFI BytedanceWebview/d8a21c6",
    "Yahoo! JAPAN, iPhone": f"{IPHONE} Mobile/15E148 YJApp-IOS jp.co.yahoo.ipn.appli/4.133.0",
    "Google, iPhone": f"{IPHONE} GSA/361.0.725 Mobile/15E148 Safari/604.1",
    "any WebView, Android": f"{PIXEL} {CHROME}",
}
BROWSERS = {
    "Safari": f"{IPHONE} Version/18.6 Mobile/15E148 Safari/604.1",
    "Chrome, iPhone": f"{IPHONE} CriOS/133.0.6943.84 Mobile/15E148 Safari/604.1",
    "home screen, iPhone": f"{IPHONE} Mobile/15E148",
    "Chrome, Android": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 "
    "Mobile Safari/537.36",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Chrome, outline": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/133.0.0.0 Safari/537.36",
    "nothing": "",
}


def link(invitation: Invitation) -> str:
    return f"/invitations/{invitation.token}/"


def ask(user_agent: str):
    return way_out(RequestFactory().get("/invitations/abc/?a=1", headers={"User-Agent": user_agent}))


@pytest.mark.parametrize("name", APPS)
def test_apps_are_known(name: str):
    assert ask(APPS[name]).address == "http://testserver/invitations/abc/?a=1"


@pytest.mark.parametrize("name", BROWSERS)
def test_browsers_are_left_alone(name: str):
    assert ask(BROWSERS[name]) is None


def test_the_links_are_the_apps_own():
    assert ask(LINE_IPHONE).link == "http://testserver/invitations/abc/?a=1&openExternalBrowser=1"
    assert ask(LINE_ANDROID).link == "http://testserver/invitations/abc/?a=1&openExternalBrowser=1"
    assert ask(APPS["Instagram, Android"]).link == INTENT
    assert ask(APPS["Instagram, iPhone"]).link == ""


@pytest.mark.parametrize("name", ["LINE, iPhone", "Instagram, Android", "Facebook, iPhone"])
def test_invitation_works_and_shows_the_way_out(client, cast, name):
    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, max_uses=9)
    headers = {"User-Agent": APPS[name]}
    page = client.get(link(invitation), headers=headers).text
    assert 'id="way-out"' in page
    assert f'value="http://testserver{link(invitation)}"' in page
    response = client.post(link(invitation), headers=headers)
    assert response["Location"] == "/accounts/signup/"


def test_browser_sees_no_way_out(client, cast):
    invitation = Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, max_uses=9)
    assert "way-out" not in client.get(link(invitation), headers={"User-Agent": BROWSERS["Safari"]}).text


def test_sign_in_page_shows_the_way_out_too(client, db):
    page = client.get("/accounts/login/?next=/profile/", headers={"User-Agent": LINE_IPHONE}).text
    assert 'href="http://testserver/accounts/login/?next=/profile/&amp;openExternalBrowser=1"' in page
