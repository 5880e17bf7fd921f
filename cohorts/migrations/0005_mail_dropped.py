from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0004_mail_cohort")]

    operations = [
        migrations.AlterField(
            model_name="mail",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "waiting"),
                    ("sending", "being sent"),
                    ("sent", "sent"),
                    ("unknown", "unclear"),
                    ("failed", "failed"),
                    ("dropped", "no longer needed"),
                ],
                default="pending",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
