"""Bytes to text: UTF-8 only, LF line ends, and a cap on the size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamdsl.diagnostics import Diagnostic, report
from iamdsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

IAMDSL_LIMIT = 4 * 1024 * 1024
"""The largest `.iamdsl` file that is read, in bytes."""

YAML_LIMIT = 1024 * 1024
"""The largest YAML file that is read, in bytes."""

_SAVE_AS_UTF8 = "save the file as UTF-8"
_UTF16 = {b"\xff\xfe": "UTF-16 (little-endian)", b"\xfe\xff": "UTF-16 (big-endian)"}
_UTF32 = {b"\xff\xfe\x00\x00": "UTF-32 (little-endian)", b"\x00\x00\xfe\xff": "UTF-32 (big-endian)"}

Read = tuple[Source | None, tuple[Diagnostic, ...]]
"""A source and no diagnostics, or no source and the one reason why."""


def read(path: Path, display: str | None = None, limit: int = IAMDSL_LIMIT) -> Read:
    """Read at most `limit` bytes of `path`, which diagnostics call `display`; no BOM, and LF for CRLF."""
    name = str(path) if display is None else display
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with NUL in it
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        return _refused("IAM901", f"cannot read `{name}`: {reason}", Source(name, ""))
    return from_bytes(data, name, limit)


def from_bytes(data: bytes, display: str, limit: int = IAMDSL_LIMIT) -> Read:
    """What `read` makes of a file with this content."""
    if len(data) > limit:
        size = f"{limit // 1024} KiB" if limit < 1024 * 1024 else f"{limit // (1024 * 1024)} MiB"
        text = f"the file is larger than {size}"
        return _refused("IAM009", text, Source(display, ""), help="split it into files and import them")
    encoding = _UTF32.get(data[:4]) or _UTF16.get(data[:2])
    if encoding:
        return _refused("IAM007", f"the file is {encoding}", Source(display, ""), help=_SAVE_AS_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _refused_byte(data, error.start, display)
    return from_text(text, display, limit)


def from_text(text: str, display: str, limit: int = IAMDSL_LIMIT) -> Read:
    """The same for decoded text, such as an editor's buffer; `limit` counts bytes of UTF-8."""
    if 4 * len(text) > limit and len(text.encode("utf-8", "surrogatepass")) > limit:
        return from_bytes(b" " * (limit + 1), display, limit)
    source = Source(display, text.removeprefix("\ufeff").replace("\r\n", "\n"))
    offset = source.text.find("\0")
    if offset >= 0:
        hint = "the file is not text, or is UTF-16 without a byte order mark; " + _SAVE_AS_UTF8
        return _refused("IAM007", "NUL character (U+0000)", source, offset, help=hint)
    offset = source.text.find("\r")
    if offset >= 0:
        line = source.position(offset)[0]
        message = f"carriage return without a line feed in line {line}"
        return _refused("IAM008", message, source, offset, help="end lines with LF or CRLF")
    return source, ()


def _refused_byte(data: bytes, offset: int, display: str) -> Read:
    """IAM007 for the byte at `offset`, the first that is not UTF-8."""
    # The text before the byte is sound, so its length is the place of the byte among the characters.
    before = data[:offset].decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    after = data[offset:].decode("utf-8", "replace").replace("\r\n", "\n")
    message = f"byte 0x{data[offset]:02x} at offset {offset} is not UTF-8"
    return _refused("IAM007", message, Source(display, before + after), len(before), help=_SAVE_AS_UTF8)


def _refused(code: str, message: str, source: Source, offset: int = 0, *, help: str = "") -> Read:  # noqa: A002
    end = min(offset + 1, len(source.text))
    return None, (report(code, message, source.span(offset, end), help=help),)
