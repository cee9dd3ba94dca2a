"""Whether bytes from a stranger are a PNG as the program writes them, and nothing besides."""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3}
"""Colour type -> channels: grey and RGB."""
MOST_PIXELS = 2**25
"""A sheet of sixteen of the largest images there may be is half of that."""


class NotOurPng(ValueError):
    """Says what is wrong with it."""


@dataclass(frozen=True)
class Shape:
    """Of the whole picture, pixels."""

    height: int
    width: int
    channels: int

    @property
    def bytes(self) -> int:
        """Of its pixels."""
        return self.height * self.width * self.channels


def check_png(content: bytes, expected: Shape) -> None:
    """Look at every byte of a picture that is to have this shape.

    Allowed is what a sheet of tiles needs: 8 bits, grey or RGB, not interlaced; header, data and end, no other chunk,
    right checksums, nothing behind. The data unpack to exactly the pixels that the header promises.

    Raises:
        NotOurPng: it is something else.
    """
    header, packed = _chunks(content)
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", header)
    if depth != 8 or colour not in _CHANNELS or (compression, filtering, interlace) != (0, 0, 0):
        raise NotOurPng("is a PNG of another kind: 8 bits, grey or RGB, not interlaced is what pictures are")
    shape = Shape(height, width, _CHANNELS[colour])
    if shape != expected:
        raise NotOurPng(f"is not cut as it says: it is {width} x {height} pixels with {shape.channels} channels")
    if not 0 < width * height <= MOST_PIXELS:
        raise NotOurPng(f"is {width} x {height} pixels: at most {MOST_PIXELS} are read")
    row = 1 + width * shape.channels
    _check_size(packed, height * row)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
                image.load()
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise NotOurPng(f"is a PNG that cannot be decoded: {error}") from error


def _chunks(content: bytes) -> tuple[bytes, bytes]:
    """The header's fields and the packed data."""
    if not content.startswith(_SIGNATURE):
        raise NotOurPng("is no PNG")
    header, data, at = b"", [], len(_SIGNATURE)
    while True:
        start = content[at : at + 8]
        if len(start) < 8:
            raise NotOurPng("is a PNG that was cut short")
        length, kind = struct.unpack(">I4s", start)
        body, check = content[at + 8 : at + 8 + length], content[at + 8 + length : at + 12 + length]
        if len(body) < length or len(check) < 4:
            raise NotOurPng("is a PNG that was cut short")
        if zlib.crc32(kind + body) != int.from_bytes(check, "big"):
            raise NotOurPng("is a damaged PNG: a checksum in it is wrong")
        at += 12 + length
        first = not header
        if first != (kind == b"IHDR") or (first and length != 13) or kind not in (b"IHDR", b"IDAT", b"IEND"):
            raise NotOurPng(f"is a PNG with a chunk that pictures here do not have ({kind!r})")
        if kind == b"IHDR":
            header = body
        elif kind == b"IDAT":
            data.append(body)
        elif length or at != len(content):
            raise NotOurPng("is a PNG with something behind its end")
        else:
            return header, b"".join(data)


def _check_size(packed: bytes, promised: int) -> None:
    """The data unpack to so many bytes, no more: looked at before anything decodes them."""
    unpack = zlib.decompressobj()
    found, rest = 0, packed
    try:
        while rest and not unpack.eof and found <= promised:
            found += len(unpack.decompress(rest, 2**20))
            rest = unpack.unconsumed_tail
    except zlib.error as error:
        raise NotOurPng(f"is a damaged PNG: {error}") from error
    if found != promised or not unpack.eof or unpack.unused_data:
        raise NotOurPng("is a PNG whose data are not the pixels that its header promises")
