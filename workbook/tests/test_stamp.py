"""What the live pages are stamped with: everything that they show changes it, nothing else does."""

from workbook.admin.stamp import member_stamp, question_stamp, week_stamp


def stamps(cast):
    week = cast.shared.prompt.section.week_id
    user = cast.facilitator
    return [
        week_stamp(user, week),
        member_stamp(user, cast.membership.pk),
        member_stamp(user, cast.membership.pk, 1),
        question_stamp(user, cast.shared.prompt_id),
    ]


def test_one_query_each(cast, django_assert_num_queries):
    stamps(cast)
    with django_assert_num_queries(4):
        assert None not in stamps(cast)
