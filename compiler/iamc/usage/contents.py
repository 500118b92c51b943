"""What is in one file: its records counted, or the reason why it is left out. Nothing of a file is half counted.

Reasons are those of `Reading`. `ROLLUP` is no reason but a finding: the file is a rollup already.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import msgspec

from iamc.usage import results
from iamc.usage.files import STDIN, LogFile
from iamc.usage.rollup_file import is_rollup
from iamc.usage.tally import Days, Event, Tally
from iamdsl.values import dataclass

ROLLUP = "rollup"
LARGEST = 512 * 1024 * 1024
"""Bytes that a file may have when decompressed; CloudTrail's own have at most some 50 MB."""

_GZIP = b"\x1f\x8b"
_FOLDERS = {"CloudTrail-Digest": "digest", "CloudTrail-Insight": "foreign"}


class Unreadable(Exception):  # noqa: N818 - not an error of the program
    """The file holds no events that can be read; the message is the reason."""


class _Document(msgspec.Struct):
    records: list[Event] = msgspec.field(name="Records")


_DOCUMENT = msgspec.json.Decoder(_Document)
_EVENT = msgspec.json.Decoder(Event)


@dataclass(frozen=True, slots=True)
class Found:
    """What one file turned out to be: a reason, or "" when its events count.

    `stored` and `said` are digests of the file's bytes and of what they are decompressed; "" for an unreadable file.
    """

    name: str
    reason: str
    stored: str
    said: str


def read_file(file: LogFile, tally: Tally) -> Found:
    """Count the events of one file in `tally`, all or none."""
    try:
        raw = sys.stdin.buffer.read() if file.path == STDIN else file.path.read_bytes()
    except OSError:
        return Found(file.name, "corrupt", "", "")
    stored = said = digest(raw)
    try:
        if raw[:2] == _GZIP:
            raw = decompressed(raw)
            said = digest(raw)
        if is_rollup(raw):
            return Found(file.name, ROLLUP, stored, said)
        own = _counted(raw, PurePosixPath(file.path.as_posix()).parts, tally)
    except Unreadable as found:
        return Found(file.name, str(found), stored, said)
    tally.absorb(own)
    return Found(file.name, "", stored, said)


def reason_of(file: LogFile) -> Found:
    """What `read_file` would say, with nothing counted: for engines that read files on their own."""
    return read_file(file, Tally(Days()))


def digest(data: bytes) -> str:
    """A digest of 16 bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def decompressed(raw: bytes) -> bytes:
    """All members of a gzip file; Unreadable when it is damaged, cut off or too large."""
    parts = []
    size = 0
    while raw:
        stream = zlib.decompressobj(31)
        try:
            parts.append(stream.decompress(raw, LARGEST + 1 - size))
        except zlib.error:
            raise Unreadable("corrupt") from None
        size += len(parts[-1])
        if size > LARGEST:
            raise Unreadable("corrupt")
        if not stream.eof:
            raise Unreadable("truncated")
        raw = stream.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _counted(content: bytes, folders: Iterable[str], tally: Tally) -> Tally:
    """What the file's records come to, in a tally like the one given."""
    for folder in folders:
        if folder in _FOLDERS:
            raise Unreadable(_FOLDERS[folder])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("corrupt") from None
    begin = text[:64].lstrip()[:1]
    if not begin:
        raise Unreadable("truncated")
    if begin not in "{[":
        own = tally.like()
        if not results.count(text, own):
            raise Unreadable("foreign")
        return own
    return _quickly(text, tally.like()) or _plainly(text, tally.like())


def _quickly(text: str, own: Tally) -> Tally | None:
    """The tally, when every record has the shape that CloudTrail gives it."""
    try:
        if text[:32].lstrip()[1:].lstrip().startswith('"Records"'):
            own.add_all(_DOCUMENT.decode(text).records)
        else:
            own.add_all(_EVENT.decode(line) for line in text.splitlines() if line)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return None
    return own if own.events else None


def _plainly(text: str, tally: Tally) -> Tally:
    """Count records of any shape, of documents that follow each other with or without line feeds."""
    decoder = json.JSONDecoder()
    place, end, records = 0, len(text), 0
    while place < end:
        if text[place].isspace():
            place += 1
            continue
        try:
            value, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise Unreadable(_why(error, text)) from None
        except RecursionError:
            raise Unreadable("corrupt") from None
        for record in _records(value):
            records += 1
            tally.add_record(record)
    if records and not tally.events:
        raise Unreadable("foreign")
    return tally


def _why(error: json.JSONDecodeError, text: str) -> str:
    """Broken at its end, a text is cut off; before that, it is damaged. Not JSON from the start, it is another's."""
    if error.msg.startswith("Unterminated") or error.pos >= len(text.rstrip()) - 5:
        return "truncated"
    return "corrupt" if error.pos > 1 else "foreign"


def _records(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict) and "digestStartTime" in value:
        raise Unreadable("digest")
    listed = value.get("Records", [value]) if isinstance(value, dict) else value
    if not isinstance(listed, list) or not all(isinstance(record, dict) for record in listed):
        raise Unreadable("foreign")
    return listed
