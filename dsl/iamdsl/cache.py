"""Small files in the user's cache directory that are checked before they are believed.

A file begins with a digest of the cache's format, the entry's own name and the content. One that is damaged, cut short,
of another format or under another name is therefore a miss, and is written anew. Nothing here is needed for a right
result: without a usable directory everything is computed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from iamdsl.values import dataclass

_FORMAT = "iamc cache 1"
_LINUX = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Cache:
    """Named JSON values below `directory`; None is a cache that holds nothing and keeps nothing."""

    directory: Path | None

    def get(self, name: str) -> Any:
        """The value stored under `name` (a relative path without suffix), or None."""
        if self.directory is None:
            return None
        try:
            digest, _, content = self._path(self.directory, name).read_bytes().partition(b"\n")
        except OSError:
            return None
        return json.loads(content) if digest == _seal(name, content) else None

    def put(self, name: str, value: Any) -> None:
        """Store `value` under `name` if possible; readers see the old file or the whole new one."""
        if self.directory is None:
            return
        path = self._path(self.directory, name)
        draft = path.with_name(f"{path.name}.{os.urandom(6).hex()}")
        content = json.dumps(value, separators=(",", ":")).encode()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_bytes(_seal(name, content) + b"\n" + content)
            draft.replace(path)
        except OSError:
            _forget(draft)

    @staticmethod
    def _path(directory: Path, name: str) -> Path:
        return directory / f"{name}.json"


def user_cache() -> Cache:
    """The cache in `$IAMC_CACHE_DIR`, or else in the platform's directory for caches."""
    chosen = os.environ.get("IAMC_CACHE_DIR")
    try:
        return Cache(Path(chosen) if chosen else _platform_directory())
    except RuntimeError:  # there is no home directory
        return Cache(None)


def _platform_directory() -> Path:
    """What `platformdirs.user_cache_path` answers; on Linux its import, slower than the answer, is spared."""
    if _LINUX:
        base = os.environ.get("XDG_CACHE_HOME", "")
        return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "iamc"
    import platformdirs

    return platformdirs.user_cache_path("iamc", appauthor=False)


def _forget(draft: Path) -> None:
    try:
        draft.unlink(missing_ok=True)
    except OSError:
        return


def _seal(name: str, content: bytes) -> bytes:
    return hashlib.sha256(f"{_FORMAT}\0{name}\0".encode() + content).hexdigest().encode()
