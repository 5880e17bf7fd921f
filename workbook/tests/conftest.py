"""Who writes in the tests here: the member in her browser, and the one box that she fills again and again."""

import pytest
from django.test import Client

from tests.boxwriter import BoxWriter
from tests.cast import Cast


@pytest.fixture
def writer(cast: Cast) -> BoxWriter:
    return BoxWriter(cast)


@pytest.fixture
def member(client: Client, cast: Cast) -> Client:
    client.force_login(cast.member)
    return client
