from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamc.catalog import Catalog, Service, load_catalog
from iamdsl import cache as cache_module
from iamdsl.cache import Cache, user_cache

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIXES = ("account", "sns", "sqs", "sts")


def services(catalog: Catalog) -> dict[str, Service | None]:
    return {prefix: catalog.service(prefix) for prefix in catalog.prefixes}


def files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_damaged_or_foreign_cache_is_rebuilt(data: st.DataObject, sample: dict[str, Any]) -> None:
    import json

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        directory, database = Path(name) / "cache", Path(name) / "database.json"
        patch.setenv("IAMC_CACHE_DIR", str(directory))
        database.write_text(
            json.dumps({prefix: sample[prefix] for prefix in ("account", "sts")}, separators=(",", ":"))
        )
        cold = load_catalog(database)
        truth, stored = services(cold), files(directory)
        assert len(stored) == 3  # the survey and two services
        sound = [path.read_bytes() for path in stored]
        victim = data.draw(st.integers(0, len(stored) - 1))
        stored[victim].write_bytes(_damage(data, sound[victim], sound))
        again = load_catalog(database)
        assert again.identity == cold.identity
        assert services(again) == truth
        assert [path.read_bytes() for path in stored] == sound


def _damage(data: st.DataObject, content: bytes, others: list[bytes]) -> bytes:
    kind = data.draw(st.sampled_from(["flip", "truncate", "append", "foreign", "noise"]))
    at = data.draw(st.integers(0, len(content) - 1))
    if kind == "flip":
        return content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
    if kind == "truncate":
        return content[:at]
    if kind == "append":
        return content + data.draw(st.binary(min_size=1, max_size=8))
    if kind == "foreign":
        return data.draw(st.sampled_from([other for other in others if other != content]))
    return data.draw(st.binary(max_size=200))


def test_a_sound_cache_is_used_and_left_alone(
    sample: dict[str, Any], write: Callable[..., Path], cache_directory: Path
) -> None:
    path = write(sample)
    truth = services(load_catalog(path))
    before = {file: file.stat().st_mtime_ns for file in files(cache_directory)}
    assert services(load_catalog(path)) == truth
    assert {file: file.stat().st_mtime_ns for file in files(cache_directory)} == before


def test_without_cache_nothing_is_read_or_written(
    sample: dict[str, Any], write: Callable[..., Path], cache_directory: Path
) -> None:
    assert services(load_catalog(write(sample), cache=False))
    assert not cache_directory.exists()


def test_a_directory_that_cannot_be_made_is_no_obstacle(
    sample: dict[str, Any], write: Callable[..., Path], cache_directory: Path
) -> None:
    cache_directory.write_text("a file, not a directory")
    path = write(sample)
    assert services(load_catalog(path)) == services(load_catalog(path, cache=False))
    assert cache_directory.read_text() == "a file, not a directory"


@pytest.mark.parametrize("refused", ["mkdir", "write_bytes", "replace"])
def test_a_read_only_cache_is_read_and_not_needed(
    refused: str,
    sample: dict[str, Any],
    write: Callable[..., Path],
    cache_directory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write(sample)
    load_catalog(path).service("sqs")
    before = {file: file.read_bytes() for file in files(cache_directory)}

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(Path, refused, refuse)
        assert services(load_catalog(path)) == services(load_catalog(path, cache=False))
    assert {file: file.read_bytes() for file in files(cache_directory)} == before


def test_processes_that_fill_the_cache_at_once_do_not_disturb_each_other(cache_directory: Path) -> None:
    program = (
        "import hashlib; from iamc.catalog import load_catalog; c = load_catalog();"
        "print(hashlib.sha256(repr([c.service(p) for p in c.prefixes[:60]]).encode()).hexdigest())"
    )
    running = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    warm = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answers == {warm.stdout}
    assert all(file.suffix == ".json" for file in files(cache_directory))
    assert len(files(cache_directory)) == 61


def test_an_entry_is_bound_to_its_name_and_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    cache.put("a/x", ["s3:*"])
    assert cache.get("a/x") == ["s3:*"]
    (tmp_path / "a" / "x.json").rename(tmp_path / "a" / "y.json")
    assert cache.get("a/y") is None
    cache.put("a/x", [])
    monkeypatch.setattr(cache_module, "_FORMAT", "another")
    assert cache.get("a/x") is None


@pytest.mark.parametrize("base", ["/var/cache/someone", "", None])
def test_the_short_rule_for_linux_agrees_with_platformdirs(base: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IAMC_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if base is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", base)
    monkeypatch.setattr(cache_module, "_LINUX", False)
    by_library = user_cache()
    assert by_library.directory == platformdirs.user_cache_path("iamc", appauthor=False)
    monkeypatch.setattr(cache_module, "_LINUX", os.name == "posix" and sys.platform == "linux")
    assert user_cache() == by_library


def test_without_a_home_directory_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("IAMC_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(cache_module, "_LINUX", True)
    monkeypatch.setattr(Path, "home", homeless)
    assert user_cache() == Cache(None)
