from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0004_mail_cohort"),
        ("workbook", "0005_former_wording"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="week",
            index=models.Index(fields=["session_at"], name="week_by_session"),
        ),
    ]
