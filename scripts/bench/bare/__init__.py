"""A bare Django project on the same database and models: what the same pages cost at least.

`startproject`'s middleware; each view reads the session, the user and the same rows with as few queries as it can,
and fills one plain template. No translation, no Markdown, no compression, no history beyond the one row.
"""
