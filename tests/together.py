"""Several people at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_once(*deeds: Callable[[], object]) -> list:
    """The results of all deeds, each done in a thread and on a connection of its own."""
    ready = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            ready.wait()
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
