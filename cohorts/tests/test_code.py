"""The code in the invitation's mail: the way in when the link does not open. Looking uses up nothing."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone
from tests.cast import make_user
from tests.together import at_once

from cohorts.emails import compose
from cohorts.models import Cohort, Invitation, Mail, Membership, User
from cohorts.models.invitation import CODE_SIGNS, as_code

CODE = "/join/"


@pytest.fixture
def invitation(cast):
    return Invitation.objects.invite(created_by=cast.organizer, cohort=cast.cohort, email="new@example.com")


def enter(client, email, typed, **more):
    return client.post(CODE, {"email": email, "typed": typed}, **more)


def led_to(invitation):
    return f"/invitations/{invitation.token}/{invitation.proof}/"


def everything():
    """All that accepting could change."""
    rows = [Invitation.objects.order_by("pk"), Membership.objects.order_by("pk"), User.objects.order_by("pk")]
    return [[{**row, "last_login": None} for row in queryset.values()] for queryset in rows]


def test_the_mail_shows_link_code_and_where_to_type_it(invitation):
    body = compose(Mail.objects.post_invitation(invitation)).body
    assert invitation.mailed_url in body
    assert f"\n{invitation.spaced_code}\nhttp://testserver/join/\n" in body
    assert as_code(invitation.spaced_code) == invitation.code


def test_the_code_is_stored_nowhere_and_new_with_each_link(invitation):
    before = invitation.code
    assert before not in str(Invitation.objects.values_list())
    assert (len(before), set(before) - set(CODE_SIGNS)) == (8, set())
    invitation.renew()
    assert invitation.code != before


def test_no_two_signs_look_alike():
    for pair in ("0O", "1I", "2Z", "5S", "8B", "6G", "UV"):
        assert sum(sign in CODE_SIGNS for sign in pair) <= 1


def test_codes_spread_evenly(db):
    """As many as could be hoped for of a good shuffle: no sign is left out, and no two rows share a code."""
    codes = [Invitation(email="x@example.com", cohort=None).code for _ in range(500)]
    assert len(set(codes)) == 500
    counts = {sign: "".join(codes).count(sign) for sign in CODE_SIGNS}
    assert min(counts.values()) > 100
    assert max(counts.values()) < 240


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: f" {code[:4]} {code[4:]} ", lambda code: f"{code[:4]}－{code[4:]}"]
)
def test_it_leads_to_the_invitations_page_however_it_is_typed(client, invitation, change):
    response = enter(client, "New@Example.com ", change(invitation.code))
    assert (response.status_code, response["Location"]) == (302, led_to(invitation))
    page = client.get(response["Location"])
    assert page.context["proven"]
    assert invitation.cohort.name in page.text


def test_signs_in_full_width_are_understood(client, invitation):
    wide = str.maketrans({chr(sign): chr(sign + 0xFEE0) for sign in range(0x21, 0x7F)})
    response = enter(client, "new@example.com".translate(wide), invitation.code.translate(wide))
    assert response["Location"] == led_to(invitation)


def test_by_the_code_one_is_in_without_another_code(client, invitation):
    """Whoever has read the mail has proven the address, by its link or by its code."""
    client.post(enter(client, invitation.email, invitation.code)["Location"])
    response = client.post("/accounts/signup/", {"email": invitation.email, "nickname": "みどり"}, follow=True)
    assert response.redirect_chain[-1][0] == "/"
    assert mail.outbox == []
    assert Membership.objects.get(user__email=invitation.email, cohort=invitation.cohort)
    assert EmailAddress.objects.get(email=invitation.email).verified


def test_two_invitations_of_one_address_have_their_own_codes(client, cast, invitation):
    other = Invitation.objects.invite(created_by=None, cohort=cast.other, email=invitation.email)
    for row in (invitation, other):
        assert enter(client, row.email, row.code)["Location"] == led_to(row)


def answer(response):
    """What a person sees, without what differs by what she typed."""
    return response.status_code, [str(error) for errors in response.context["form"].errors.values() for error in errors]


@pytest.mark.parametrize(
    "change",
    [
        {"uses": 1},
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"max_uses": 1},
    ],
    ids=["used", "revoked", "expired", "open, but another code"],
)
def test_unknown_wrong_and_over_look_the_same(client, invitation, change):
    unknown = answer(enter(client, "nobody@example.com", invitation.code))
    assert unknown[0] == 200
    Invitation.objects.filter(pk=invitation.pk).update(**change)
    typed = "AAAA-AAAA" if "max_uses" in change else invitation.code
    assert answer(enter(client, invitation.email, typed)) == unknown


def test_an_unknown_address_is_compared_as_well(client, invitation, django_assert_num_queries, monkeypatch):
    """The same queries, and as many codes computed: the time tells nothing either."""
    from cohorts.models import invitation as module

    compared = []
    real = module.constant_time_compare
    monkeypatch.setattr(module, "constant_time_compare", lambda *pair: compared.append(pair) or real(*pair))
    for email in (invitation.email, "nobody@example.com"):
        with django_assert_num_queries(1):
            assert Invitation.objects.by_code(email, "AAAA-AAAA") is None
    assert len(compared) == 2


def test_a_shared_link_has_no_code(client, cast):
    shared = Invitation.objects.invite(created_by=None, cohort=cast.cohort, max_uses=5)
    assert Invitation.objects.by_code("", shared.code) is None
    assert enter(client, "", shared.code).context["form"].errors["email"]


@pytest.mark.parametrize(("email", "typed"), [("x", "A" * 8), ("", ""), ("new@example.com", ""), ("a@b.jp", "A" * 41)])
def test_what_cannot_be_right_is_said_beside_the_field(client, invitation, email, typed):
    response = enter(client, email, typed)
    assert response.status_code == 200
    assert set(response.context["form"].errors) <= {"email", "typed"}


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_uses_nothing_up(client, cast, invitation, method):
    """Mail scanners open links, some signed in with the person's own cookies."""
    invitation.email = cast.stranger.email
    invitation.save()
    before = everything()
    for person in (None, cast.stranger):
        if person:
            client.force_login(person)
        for address in (CODE, led_to(invitation), f"/invitations/{invitation.token}/"):
            for _again in range(3):
                assert getattr(client, method)(address).status_code == 200
    assert everything() == before
    assert client.post(led_to(invitation))["Location"] == "/"


def test_typing_the_code_lets_nobody_in(client, cast, invitation):
    invitation.email = cast.stranger.email
    invitation.save()
    before = everything()
    client.force_login(cast.stranger)
    for _again in range(3):
        assert enter(client, invitation.email, invitation.code).status_code == 302
    assert everything() == before


def test_tries_are_limited_for_an_address_from_wherever_they_come(invitation):
    for number in range(10):
        assert enter(Client(REMOTE_ADDR=f"192.0.2.{number}"), invitation.email, "AAAA-AAAA").status_code == 200
    for email in (invitation.email, invitation.email.upper()):
        assert enter(Client(REMOTE_ADDR="192.0.2.99"), email, invitation.code).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.99").get(led_to(invitation)).status_code == 200


def test_an_unknown_address_is_limited_just_so(client, db):
    answers = [enter(client, "nobody@example.com", "AAAA-AAAA").status_code for _try in range(11)]
    assert answers == [200] * 10 + [429]


def test_tries_are_limited_from_one_place(client, invitation):
    answers = [enter(client, f"x{number}@example.com", "AAAA-AAAA").status_code for number in range(21)]
    assert answers == [200] * 20 + [429]


def test_good_codes_are_not_counted(client, invitation):
    """A whole group may sit in one room, behind one address."""
    assert {enter(client, invitation.email, invitation.code).status_code for _time in range(25)} == {302}


def test_an_old_carriers_address_gets_in(client, cast):
    invitation = Invitation.objects.invite(created_by=None, cohort=cast.cohort, email="ha..na.@docomo.ne.jp")
    letter = Mail.objects.post_invitation(invitation)
    letter.deliver()
    letter.refresh_from_db()
    assert (letter.state, mail.outbox[0].to) == ("sent", [invitation.email])
    client.post(enter(client, invitation.email, invitation.code)["Location"])
    response = client.post("/accounts/signup/", {"email": invitation.email, "nickname": "ハナ"}, follow=True)
    assert response.redirect_chain[-1][0] == "/"
    assert Membership.objects.get(user__email=invitation.email).cohort == cast.cohort
    client.logout()
    client.post("/accounts/login/code/", {"email": invitation.email})
    assert mail.outbox[-1].to == [invitation.email]


CROWD = 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["member", "facilitator"])
def test_twenty_presses_of_one_invitation_are_one_membership(role):
    """From twenty devices at once, and from links that scanners have opened before."""
    cohort, person = Cohort.objects.create(name="同時", slug="at-once"), make_user("new")
    invitation = Invitation.objects.invite(created_by=None, cohort=cohort, role=role, email=person.email)
    clients = [Client() for _ in range(CROWD)]
    for client in clients:
        client.get(led_to(invitation))
        client.force_login(person)
    answers = at_once(*[lambda client=client: client.post(led_to(invitation)) for client in clients])
    assert {(response.status_code, response["Location"]) for response in answers} == {(302, "/")}
    assert [(place.user, place.role, place.left_at) for place in cohort.memberships.all()] == [(person, role, None)]
    assert cohort.memberships.get().role_changes.count() == 1
    assert Invitation.objects.get().uses == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_people_with_one_mailed_link_are_one_membership():
    """The mail was passed on: it is for its address alone, however many press."""
    cohort, people = Cohort.objects.create(name="同時", slug="at-once"), [make_user(f"p{n}") for n in range(CROWD)]
    invitation = Invitation.objects.invite(created_by=None, cohort=cohort, email=people[7].email)
    clients = [Client() for _ in people]
    for client, person in zip(clients, people, strict=True):
        client.force_login(person)
    answers = at_once(*[lambda client=client: client.post(led_to(invitation)).status_code for client in clients])
    assert answers[7] == 302
    assert set(answers[:7] + answers[8:]) <= {403, 404}
    assert [place.user for place in cohort.memberships.all()] == [people[7]]


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_do_not_overrun_the_limit():
    make_user("new")
    invitation = Invitation.objects.invite(
        created_by=None, cohort=Cohort.objects.create(name="同時", slug="at-once"), email="new@example.com"
    )
    clients = [Client(REMOTE_ADDR=f"192.0.2.{number}") for number in range(CROWD)]
    guesses = [lambda client=client: enter(client, invitation.email, "AAAA-AAAA") for client in clients]
    answers = [answer.status_code for answer in at_once(*guesses)]
    assert answers.count(200) <= 10
    assert set(answers) <= {200, 429}
