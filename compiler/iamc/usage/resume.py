"""Reading that can be taken up again: what each batch of files gave is kept beside the output until all are read.

A kept batch is used only for the same files with the same sizes and times of change, under the same choice; its
folder is safe to delete at any time. It is read as any rollup is, so a damaged one is read from the logs again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from iamc.usage.contents import Found
from iamc.usage.files import LogFile
from iamc.usage.ingest import Batch, Only, read_batch
from iamc.usage.model import Reading, Rollup
from iamc.usage.rollup_file import EDITION, read_rollup, write_rollup


def folder_for(output: Path) -> Path:
    """Where batches are kept for this output."""
    return output.with_name(f"{output.name}.partial")


def read_kept(files: Sequence[LogFile], only: Only, folder: Path) -> Batch:
    """The batch as it was kept, or read now and kept."""
    stem = folder / _key(files, only)
    kept = _kept(stem)
    if kept is not None:
        return kept
    batch = read_batch(files, only)
    write_rollup(stem.with_suffix(".ndjson.gz"), Rollup(batch.uses, Reading(len(files), {})))
    told = json.dumps({"found": [asdict(found) for found in batch.found]})
    # The list is written last: without it, the batch counts as not read.
    stem.with_suffix(".json").write_text(told, encoding="utf-8")
    return batch


def _kept(stem: Path) -> Batch | None:
    try:
        told = json.loads(stem.with_suffix(".json").read_bytes())
        rollup, _ = read_rollup(stem.with_suffix(".ndjson.gz"))
        found = tuple(Found(**each) for each in told["found"])
        return None if rollup is None else Batch(found, dict(rollup.uses))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _key(files: Sequence[LogFile], only: Only) -> str:
    said = [EDITION, asdict(only)]
    for file in files:
        known = file.path.stat()
        said.append([str(file.path.resolve()), file.name, known.st_size, known.st_mtime_ns])
    return hashlib.blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()
