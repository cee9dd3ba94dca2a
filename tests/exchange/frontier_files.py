"""Files of a frontier for the tests: a good one, and the same with something wrong in it."""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from backend.exchange.write import write
from backend.expand import expand
from backend.results import Estimate, InformationInterval
from backend.store import datasets, history, results, runs
from backend.store.exchange import Selection
from backend.store.results import Result, Tiles
from backend.store.session import Database
from backend.store.tables import Job

AWKWARD = [0.1, -0.0, 5e-324, 1.7976931348623157e308, 1 / 3, 2**53, -1, 44.36141955583650]
"""Numbers that a careless copy changes."""


def png(height: int = 8, width: int = 16, shade: int = 0, *, before_end: bytes = b"", colour: int = 0) -> bytes:
    """A grey picture, byte by byte."""
    row = b"\0" + bytes([shade]) * width * (3 if colour == 2 else 1)
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    data = zlib.compress(row * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + before_end + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def tiles(shade: int) -> Tiles:
    """Two tiles of 8 x 8."""
    return Tiles(png=png(shade=shade), count=2, columns=2, height=8, width=8, channels=1)


def measured(rate: float | None, shade: int) -> Result:
    """A point with numbers that are hard to copy."""
    values = {"rate": rate, "distortion": 1 / 3, "neg_elbo": None if rate is None else rate + 1 / 3}
    interval = None if rate is None else InformationInterval(lower=rate / 3, upper=rate, saturated=True)
    return Result(
        beta=0.1 + 0.2,
        condition={"beta": 1e-7},
        mutual_information=interval,
        label="semantic",
        estimates={
            name: Estimate(value=value, stderr=0.1, settings={"examples": 360, "kernel": "imq"}, flags=("imprecise",))
            for name, value in values.items()
        },
        arrays={"kl_per_dimension": AWKWARD, "codes_x": []},
        pictures={"inputs": tiles(7), "generation_mean": tiles(shade)},
    )


def fill(database: Database, *bodies: Mapping[str, Any], rate: float | None = 2.5) -> list[str]:
    """Runs that have succeeded, with curves, notes, tags and a point each; returns their ids."""
    ids = []
    with database.write() as session:
        for number, body in enumerate(bodies):
            run = runs.submit(session, expand(dict(body), datasets.every(session)), duplicate=True).run
            results.save_run(session, run.id, [measured(rate, number)], {"training_s": 1.25})
            rows = [(1, {"epoch": 0.1, "loss": None, "rate": 1 / 3}), (9, {"epoch": 1.0, "divergence": -0.0})]
            history.add_rows(session, run.id, rows)
            run.notes, run.tags, run.device = f'<b onclick="x()">{number}</b>', ["<img onerror=1>", "é"], "cpu"
            run.status = session.query(Job).filter_by(run_id=run.id).one().state = "succeeded"
            ids.append(run.id)
    return ids


EVERYTHING = Selection()


def packed(database: Database, selection: Selection = EVERYTHING) -> bytes:
    """The file of a selection."""
    buffer = io.BytesIO()
    with database.read() as session:
        write(session, selection, buffer)
    return buffer.getvalue()


def members(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes], *more: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*parts.items(), *more]:
            archive.writestr(name, content)
    return buffer.getvalue()


def signed(parts: dict[str, bytes], **manifest: Any) -> dict[str, bytes]:
    """The parts with a manifest that lists them as they are."""
    told = json.loads(parts["manifest.json"])
    told["members"] = [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in parts.items()
        if name != "manifest.json"
    ]
    return {**parts, "manifest.json": json.dumps({**told, **manifest}).encode()}


def with_run(file: bytes, change: Callable[[dict[str, Any]], object], **more: bytes) -> bytes:
    """The file with its first run changed, and signed again.

    Args:
        more: pictures to put into it, by digest.
    """
    parts = members(file)
    first, *rest = parts["runs.jsonl"].splitlines()
    run = json.loads(first)
    change(run)
    parts["runs.jsonl"] = b"\n".join([json.dumps(run).encode(), *rest, b""])
    return zipped(counted({**parts, **{f"pictures/{digest}.png": content for digest, content in more.items()}}))


def counted(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with a manifest that lists and counts them, and nothing that no point has."""
    runs = [json.loads(line) for line in parts["runs.jsonl"].splitlines()]
    points = [point for run in runs for point in run["points"]]
    shown = {f"pictures/{picture['sha256']}.png" for point in points for picture in point.get("pictures", ())}
    kept = {name: content for name, content in parts.items() if name in shown or not name.startswith("pictures/")}
    pictures = sum(name.startswith("pictures/") for name in kept)
    return signed(kept, counts={"runs": len(runs), "points": len(points), "pictures": pictures, "datasets": 1})


def with_picture(file: bytes, content: bytes) -> bytes:
    """The file with the first run's first picture replaced, digest and all."""
    parts = members(file)
    run = json.loads(parts["runs.jsonl"].splitlines()[0])
    old = run["points"][0]["pictures"][0]["sha256"]
    new = hashlib.sha256(content).hexdigest()
    del parts[f"pictures/{old}.png"]
    parts[f"pictures/{new}.png"] = content
    parts["runs.jsonl"] = parts["runs.jsonl"].replace(old.encode(), new.encode())
    return zipped(signed(parts))
