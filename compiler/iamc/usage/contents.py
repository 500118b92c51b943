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
from iamc.usage.tally import Event, Read, Tally
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

    `events` is how many. `said` is length and checksum of what the file says, for files that say the same to be found;
    `digest` is that of the standard input, which cannot be read again.
    """

    name: str
    reason: str
    events: int = 0
    said: str = ""
    digest: str = ""


def read_file(file: LogFile, tally: Tally) -> Found:
    """Count the events of one file in `tally`, all or none."""
    before, digest = tally.events, ""
    try:
        content = content_of(file)
        said = f"{len(content):x}-{zlib.crc32(content):08x}"
        digest = digest_of(content) if file.path == STDIN else ""
        if is_rollup(content):
            return Found(file.name, ROLLUP, 0, said, digest)
        _count(content, PurePosixPath(file.path.as_posix()).parts, tally)
    except Unreadable as found:
        return Found(file.name, str(found))
    return Found(file.name, "", tally.events - before, said, digest)


def content_of(file: LogFile) -> bytes:
    """What a file says, decompressed; Unreadable when nobody can tell."""
    try:
        raw = sys.stdin.buffer.read() if file.path == STDIN else file.path.read_bytes()
    except OSError:
        raise Unreadable("corrupt") from None
    return decompressed(raw) if raw[:2] == _GZIP else raw


def digest_of(content: bytes) -> str:
    """A digest of 16 bytes."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


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


def _count(content: bytes, folders: Iterable[str], tally: Tally) -> None:
    """Count the file's records, all or none."""
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
        if not results.count(text, tally):
            raise Unreadable("foreign")
        return
    read = _quickly(text, tally)
    if read:
        tally.count_all(read)
    else:
        tally.absorb(_plainly(text, tally.like()))


def _quickly(text: str, tally: Tally) -> Read:
    """What the records come to, when every one has the shape that CloudTrail gives it."""
    try:
        if text[:32].lstrip()[1:].lstrip().startswith('"Records"'):
            return tally.read(_DOCUMENT.decode(text).records)
        return tally.read(_EVENT.decode(line) for line in text.splitlines() if line)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return []


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
