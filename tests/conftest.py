"""What the tests share: one catalogue for the session, caches in a folder of their own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest

from iamc.catalog import Catalog, load_catalog


@pytest.fixture(scope="session", autouse=True)
def _own_cache() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IAMC_CACHE_DIR"] = folder
        yield


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()
