"""A database of many points for the benchmarks of the pages: places are drawn, pictures are of digits."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from points import fill, places
from sklearn.datasets import load_digits
from sqlalchemy import insert, select

from backend.settings import Settings
from backend.store.artifacts import ArtifactStore
from backend.store.migrate import upgrade
from backend.store.points import PICTURES
from backend.store.session import Database
from backend.store.tables import Picture, Point

TILES, COLUMNS, SCALE = 16, 8, 4
"""Tiles of a picture, tiles of a row of it, and how much larger than 8 x 8 a tile is: nearly MNIST's size."""
LOOKS = 64
"""Different sets of pictures: a point has the one of its rate."""
WITH_PICTURES = 10_000
"""Points that have pictures, about; a click of the benchmark goes to one of them."""


def make(home: Path, count: int) -> None:
    """A home with so many points on mnist/static, in runs of a hundred."""
    settings = Settings(home=home)
    upgrade(settings.resolved_database_url)
    ArtifactStore(settings.resolved_artifacts_url)
    database = Database(settings.resolved_database_url)
    fill(database, *places(count))
    draw(database)
    database.dispose()


def draw(database: Database) -> None:
    """Give points pictures: all of them, or an even share."""
    looks = list(sheets())
    with database.read() as session:
        found = session.execute(select(Point.id, Point.rate, Point.position)).all()
    step = step_of(len(found))
    top = max(rate for _, rate, _ in found)
    found = [(point, rate) for point, rate, position in found if position % step == 0]
    with database.write() as session:
        for start in range(0, len(found), 1000):
            some = found[start : start + 1000]
            rows = (row for point, rate in some for row in pictures(point, looks[int((LOOKS - 1) * rate / top)]))
            session.execute(insert(Picture), list(rows))


def step_of(count: int) -> int:
    """A point has pictures if its place in its run, the end of its id, is a multiple of this."""
    return -(-count // WITH_PICTURES)


def pictures(point: str, look: Sequence[bytes]) -> Iterable[dict[str, Any]]:
    """Rows of one point."""
    side = 8 * SCALE
    for name, png in zip(PICTURES, look, strict=True):
        yield {
            "point_id": point, "name": name, "png": png, "count": TILES, "columns": COLUMNS, "height": side,
            "width": side, "channels": 1,
        }  # fmt: skip


def sheets() -> Iterable[list[bytes]]:
    """PNGs of inputs, reconstructions and generations, from low rate to high: another digit becomes the same one."""
    digits = load_digits().images / 16
    generator = np.random.default_rng(0)
    inputs = digits[:TILES]
    for likeness in np.linspace(0, 1, LOOKS):
        others = digits[generator.integers(0, len(digits), (2, TILES))]
        kinds = [inputs, likeness * inputs + (1 - likeness) * others[0], (inputs + others[0]) / 2, others[1]]
        kinds.append((others[1] + digits.mean(0)) / 2)
        yield [sheet(images) for images in kinds]


def sheet(images: Any) -> bytes:
    """Images in [0, 1], shape [16, 8, 8], as one PNG."""
    tiles = np.kron(images, np.ones((SCALE, SCALE)))
    side = tiles.shape[1]
    whole = tiles.reshape(-1, COLUMNS, side, side).swapaxes(1, 2).reshape(-1, COLUMNS * side)
    content = io.BytesIO()
    Image.fromarray((255 * whole.clip(0, 1)).astype(np.uint8)).save(content, "PNG", optimize=True)
    return content.getvalue()
