"""The pictures of a file of a frontier: what its points say of them, and whether they are that."""

from dataclasses import dataclass

from backend.errors import TooLarge
from backend.exchange.archive import Archive, megabytes
from backend.exchange.entries import PictureEntry
from backend.exchange.names import DECODED_FACTOR, PICTURE, UNPACKED_FACTOR, picture_name, refuse
from backend.exchange.png import NotOurPng, Shape, check_png


@dataclass(frozen=True)
class _Promise:
    """What the first point that has a picture says of it."""

    shape: Shape
    point: str


class Pictures:
    """First every point says what it has, then each picture is decoded once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._here = {match[1] for name in archive.names if (match := PICTURE.fullmatch(name))}
        self._promised: dict[str, _Promise] = {}
        self._stored = 0
        """Bytes: each point stores the pictures that it has, however many share them here."""

    def note(self, picture: PictureEntry, point_id: str) -> None:
        """Take up one picture of one point.

        Raises:
            Invalid: it is not here, or another point says something else of it.
            TooLarge: with it, the points would store more than a file may unpack to.
        """
        if picture.sha256 not in self._here:
            raise refuse(f"lacks a picture of point {point_id}: {picture.name}")
        rows = -(-picture.count // picture.columns)
        shape = Shape(rows * picture.height, picture.columns * picture.width, picture.channels)
        if self._promised.setdefault(picture.sha256, _Promise(shape, point_id)).shape != shape:
            raise refuse(f"has a picture of point {point_id} that is not cut as it says: {picture.name}")
        self._stored += self._archive.size(picture_name(picture.sha256))
        self._require("points have pictures", self._stored, UNPACKED_FACTOR)

    def check(self, counted: int) -> None:
        """Decode each, once all are known to be worth it.

        Args:
            counted: how many there are, as the manifest says.

        Raises:
            Invalid: one belongs to no point, or is not what its point says.
            TooLarge: they have more pixels than are decoded.
        """
        if set(self._promised) != self._here or len(self._here) != counted:
            raise refuse("holds pictures of no point, or another number of them than it says")
        self._require("pictures unpack to pixels", sum(p.shape.bytes for p in self._promised.values()), DECODED_FACTOR)
        for sha256, each in self._promised.items():
            try:
                check_png(self._archive.read(picture_name(sha256)), each.shape)
            except NotOurPng as error:
                raise refuse(f"has a picture of point {each.point} that {error} ({picture_name(sha256)})") from error

    def _require(self, what: str, size: int, factor: int) -> None:
        most = self._archive.most_bytes * factor
        if size > most:
            raise TooLarge(
                f"the file's {what} of more than {megabytes(most)}: export fewer runs, or raise "
                "FRONTIER_UPLOAD_LIMIT_MB where it is read"
            )
