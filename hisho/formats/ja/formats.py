"""How Japanese pages write moments: Django's own format sets no space between day and time."""

DATETIME_FORMAT = "Y年n月j日 H:i"
TIME_FORMAT = "H:i"
SHORT_DATETIME_FORMAT = "Y/m/d H:i"
