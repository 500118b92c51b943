"""What the tests share: one catalogue for the session, caches in a folder of their own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

from iamc.catalog import Catalog, load_catalog

# Every run tries the same examples: a failure is then the change's, and can be repeated.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def _own_cache() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IAMC_CACHE_DIR"] = folder
        yield


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()
