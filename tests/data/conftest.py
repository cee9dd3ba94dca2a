"""A web server with files of our own, a store that remembers, and a small set of images in MNIST's layout."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.errors import NotFound

Raw = dict[str, NDArray[np.uint8]]
"""The four arrays of an MNIST-like set, by the names of its files."""


def small_idx_set(seed: int) -> Raw:
    """30 train and 12 test images of 28 x 28 random bytes, with labels."""
    generator = np.random.default_rng(seed)
    return {
        "train-images": generator.integers(0, 256, (30, 28, 28), dtype=np.uint8),
        "train-labels": generator.integers(0, 10, 30, dtype=np.uint8),
        "test-images": generator.integers(0, 256, (12, 28, 28), dtype=np.uint8),
        "test-labels": generator.integers(0, 10, 12, dtype=np.uint8),
    }


class Shelf:
    """An artifact store in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, content: bytes) -> None:
        self.objects[key] = content

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise NotFound(key)
        return self.objects[key]


class Web:
    """Files by path; ``cut`` promises more bytes than it sends."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut: set[str] = set()
        self.asked: list[str] = []
        self.url = ""


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            web.asked.append(name)
            content = web.files.get(name)
            if content is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content) + (10 if name in web.cut else 0)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    web.url = f"http://127.0.0.1:{server.server_port}/"
    yield web
    server.shutdown()
    thread.join()
    server.server_close()
