"""Who writes and reads in the tests here: the member in her browser, the one box that she fills, her facilitator."""

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


@pytest.fixture
def reader(client: Client, cast: Cast) -> Client:
    client.force_login(cast.facilitator)
    return client
