from django.db import migrations, models


def tell_cohorts(apps, schema_editor):
    """Mails that carry an invitation belong to its cohort."""
    invitations = apps.get_model('cohorts', 'Invitation').objects.filter(pk=models.OuterRef('invitation'))
    mails = apps.get_model('cohorts', 'Mail').objects.filter(invitation__isnull=False)
    mails.update(cohort=models.Subquery(invitations.values('cohort')))


class Migration(migrations.Migration):

    dependencies = [
        ('cohorts', '0003_running'),
    ]

    operations = [
        migrations.RunPython(tell_cohorts, migrations.RunPython.noop, elidable=True),
    ]
