"""The rollup as a file: NDJSON, a header and one line a use; compressed when its name ends in `.gz`.

The same uses give the same bytes, whoever read the logs and in whatever order. `usage-rollup.schema.json` describes
both kinds of line.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from iamc.project import display
from iamc.usage.model import Observation, Reading, Rollup, Seen, Use
from iamc.usage.settle import settle
from iamdsl.diagnostics import Diagnostic, report
from iamdsl.source import Source

KIND = "usage-rollup"
EDITION = 1
_BEGIN = b'{"iamc":'
_GZIP = b"\x1f\x8b"
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}Z)?")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


_FIELDS = tuple((_camel(name), name) for name in Use._fields)
_LISTS = ("resources", "roles")


# making ------------------------------------------------------------------------------------------------------


def collect(pairs: Iterable[tuple[Observation, Seen]]) -> dict[Use, Seen]:
    """The uses that observations stand for, what was seen of equal ones added up."""
    return _sum((settle(observation), seen) for observation, seen in pairs)


def merge(rollups: Iterable[Rollup]) -> Rollup:
    """One rollup of several that were made of different events."""
    parts = list(rollups)
    left_out: dict[str, set[str]] = {}
    for part in parts:
        for reason, names in part.reading.left_out.items():
            left_out.setdefault(reason, set()).update(names)
    reading = Reading(
        sum(part.reading.files for part in parts),
        {reason: tuple(sorted(names)) for reason, names in sorted(left_out.items())},
    )
    return Rollup(_sum(pair for part in parts for pair in part.uses.items()), reading)


def _sum(pairs: Iterable[tuple[Use, Seen]]) -> dict[Use, Seen]:
    uses: dict[Use, Seen] = {}
    for use, seen in pairs:
        known = uses.get(use)
        uses[use] = known + seen if known else seen
    return uses


# writing -----------------------------------------------------------------------------------------------------


def lines_of(rollup: Rollup) -> Iterator[str]:
    """The lines of the file, each with its line feed; ASCII, so that any text of a log can be written."""
    header = {
        "iamc": KIND,
        "edition": EDITION,
        "window": list(rollup.window),
        "read": {"files": rollup.reading.files, "leftOut": _listed(rollup.reading.left_out)},
    }
    yield _line(header)
    for use in sorted(rollup.uses):
        seen = rollup.uses[use]
        row = {key: getattr(use, name) for key, name in _FIELDS}
        counted = {"calls": seen.calls, "first": seen.first, "last": seen.last}
        yield _line({key: value for key, value in row.items() if value} | counted)


def write_rollup(path: Path, rollup: Rollup) -> None:
    """Write the file whole or not at all. Raises OSError."""
    from iamc.emit.files import replace_bytes

    out = io.BytesIO()
    if path.suffix == ".gz":
        with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6, mtime=0, filename="") as packed:
            packed.writelines(line.encode("ascii") for line in lines_of(rollup))
    else:
        out.writelines(line.encode("ascii") for line in lines_of(rollup))
    replace_bytes(path, out.getvalue())


def _listed(left_out: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {reason: sorted(names) for reason, names in sorted(left_out.items()) if names}


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


# reading -----------------------------------------------------------------------------------------------------


class _Fault(Exception):  # noqa: N818 - never leaves this module
    """What is wrong with a line: the message, the help, and the key or the column where it is."""


def is_rollup(data: bytes) -> bool:
    """Whether the first bytes of a file, decompressed, are those of a rollup."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_BEGIN)


def read_rollup(path: Path) -> tuple[Rollup | None, tuple[Diagnostic, ...]]:
    """The rollup at `path`; or None and the first thing that is wrong with the file (IAM901, IAM970)."""
    try:
        with path.open("rb") as file:
            packed = file.peek(2)[:2] == _GZIP
            with io.TextIOWrapper(gzip.GzipFile(fileobj=file) if packed else file, "utf-8-sig") as text:
                return _read(text, display(path))
    except UnicodeDecodeError as error:
        return _refused(display(path), f"byte 0x{error.object[error.start]:02x} is not UTF-8")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        return _refused(display(path), f"the compressed file is damaged: {error}".lower())
    except (OSError, ValueError) as error:  # ValueError: a path with NUL in it
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        return None, (report("IAM901", f"cannot read `{display(path)}`: {reason}", None),)


def _refused(name: str, message: str) -> tuple[None, tuple[Diagnostic, ...]]:
    span = Source(name, "").span(0, 0)
    return None, (report("IAM970", message, span, help="make the rollup again with `iamc usage rollup`"),)


def _read(lines: Iterable[str], name: str) -> tuple[Rollup | None, tuple[Diagnostic, ...]]:
    uses: dict[Use, Seen] = {}
    reading: Reading | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _object(line)
            if reading is None:
                reading = _header(row)
                continue
            use, seen = _row(row)
        except _Fault as fault:
            return None, (_located(fault, line, number, name),)
        known = uses.get(use)
        uses[use] = known + seen if known else seen
    if reading is None:
        return _refused(name, "the file is empty, so it is no rollup")
    return Rollup(uses, reading), ()


def _object(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _Fault(f"this is not JSON: {error.msg.lower()}", "a line is one JSON object", error.pos) from None
    except RecursionError:
        raise _Fault("this is nested too deep", "a line is one flat JSON object", 0) from None
    if not isinstance(row, dict):
        raise _Fault("this is no JSON object", 'a line looks like `{"source":"s3.amazonaws.com",...}`', 0)
    return row


def _header(row: dict[str, Any]) -> Reading:
    if row.get("iamc") != KIND:
        raise _Fault("this is not the header of a rollup", "make a rollup of logs with `iamc usage rollup`", "iamc")
    if row.get("edition") != EDITION:
        raise _Fault(f"edition {row.get('edition')!r} is not known", f"this version reads edition {EDITION}", "edition")
    read = row.get("read")
    if not (isinstance(read, dict) and _is_count(read.get("files")) and isinstance(read.get("leftOut"), dict)):
        raise _Fault("the header does not say what was read", '`"read":{"files":3,"leftOut":{}}`', "read")
    if not all(_is_texts(names) for names in read["leftOut"].values()):
        raise _Fault("what was left out must be lists of names", '`"leftOut":{"corrupt":["a.json.gz"]}`', "leftOut")
    return Reading(read["files"], {reason: tuple(names) for reason, names in read["leftOut"].items()})


def _row(row: dict[str, Any]) -> tuple[Use, Seen]:
    for key, value in row.items():
        holds, expected = _KINDS.get(key, (None, ""))
        if holds is None:
            raise _Fault(f"unknown key `{key}`", _nearest(key), key)
        if not holds(value):
            raise _Fault(f"`{key}` must be {expected}", "", key)
    for key in ("calls", "first", "last"):
        if key not in row:
            raise _Fault(f"`{key}` is missing", f"it is {_KINDS[key][1]}", 0)
    values: dict[str, Any] = {
        name: tuple(row.get(key, ())) if name in _LISTS else row.get(key, "") for key, name in _FIELDS
    }
    return Use(**values), Seen(row["calls"], row["first"], row["last"])


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_calls(value: object) -> bool:
    return _is_count(value) and value != 0


def _is_instant(value: object) -> bool:
    return isinstance(value, str) and _INSTANT.fullmatch(value) is not None


_KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **{key: (_is_texts, "a list of texts") if name in _LISTS else (_is_text, "a text") for key, name in _FIELDS},
    "outcome": (lambda value: value in ("ok", "denied", "error"), "`ok`, `denied` or `error`"),
    "channel": (lambda value: value in ("api", "console", "service", "aws"), "`api`, `console`, `service` or `aws`"),
    "calls": (_is_calls, "a count of at least 1"),
    "first": (_is_instant, "an instant such as `2026-10-01T08:00:00Z`"),
    "last": (_is_instant, "an instant such as `2026-10-01T08:00:00Z`"),
}


def _nearest(key: str) -> str:
    from iamdsl.suggest import did_you_mean

    return did_you_mean(key, _KINDS) or f"one of {', '.join(_KINDS)}"


def _located(fault: _Fault, line: str, number: int, name: str) -> Diagnostic:
    """The finding at its line and column; the lines above are not kept, only counted."""
    message, help_, where = fault.args
    source = Source(name, "\n" * (number - 1) + line.rstrip("\n"))
    key = re.search(f'"{where}"(?=\\s*:)', line) if isinstance(where, str) else None
    start, end = key.span() if key else (where, where + 1) if isinstance(where, int) else (0, 1)
    begin, end = (min(number - 1 + place, len(source.text)) for place in (start, end))
    return report("IAM970", message, source.span(begin, end), help=help_)
