"""The part of a map that later pixels still read, while an image is drawn row by row."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Span:
    """Columns ``start`` to ``stop`` (exclusive) of one row of a map."""

    row: int
    start: int
    stop: int

    @property
    def columns(self) -> int:
        return self.stop - self.start


class Canvas:
    """The newest rows of a map with zeros around them, where each pixel is one contiguous vector.

    Args:
        batch: maps B.
        width: columns.
        channels: of a pixel.
        above: rows kept above the newest one.
        beside: columns of zeros on either side.
        like: a tensor of the same type and place.
    """

    def __init__(self, batch: int, width: int, channels: int, above: int, beside: int, like: Tensor) -> None:
        self._beside = beside
        self._rows = like.new_zeros(batch, above + 1, width + 2 * beside, channels)
        self._newest = self._rows[:, -1, beside : beside + width]

    def scroll(self) -> None:
        """Begin the next row; until its pixels are put it holds old ones, which no kernel gives a weight."""
        self._rows[:, :-1] = self._rows[:, 1:].clone()

    def put(self, span: Span, pixels: Tensor) -> None:
        """Write pixels of shape [B, columns, channels] into the newest row."""
        self._newest[:, span.start : span.stop] = pixels

    def now(self, span: Span) -> Tensor:
        """Pixels of the newest row, shape [B, columns, channels]."""
        return self._newest[:, span.start : span.stop]

    def patches(self, span: Span, stride: int, up: int, left: int, right: int) -> Tensor:
        """What a kernel reads for each pixel of its output, shape [B, columns, kernel rows * columns * channels]."""
        first = self._beside + span.start * stride - left
        last = self._beside + (span.stop - 1) * stride + right
        window = self._rows[:, self._rows.shape[1] - 1 - up :, first : last + 1]
        return window.unfold(2, left + 1 + right, stride).permute(0, 2, 1, 4, 3).flatten(2)
