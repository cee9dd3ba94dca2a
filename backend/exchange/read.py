"""A file of a frontier from a stranger: every byte of it is checked before the database hears of it."""

from collections.abc import Iterator, Mapping
from typing import IO, TypeVar

import orjson
from pydantic import ValidationError

from backend.datasets import DATASETS as BUILT_IN
from backend.datasets import DatasetFacts
from backend.errors import Invalid
from backend.exchange.archive import Archive
from backend.exchange.entries import DatasetEntry, Datasets, Entry, Manifest
from backend.exchange.lines import ReadRun, explained, read_run
from backend.exchange.names import DATASETS, FORMAT, MANIFEST, PICTURE, RUNS, VERSION, picture_name, refuse
from backend.exchange.pictures import Pictures
from backend.expand import expand
from backend.upload_defaults import defaults, kind_defaults

Model = TypeVar("Model", bound=Entry)

NOT_HERE = "Known from an imported frontier: its images are not here. Upload them under this name to train on them."


class Frontier:
    """A file that has been checked from its first byte to its last."""

    def __init__(self, archive: Archive, manifest: Manifest, datasets: Mapping[str, DatasetFacts]) -> None:
        self._archive = archive
        self.manifest = manifest
        self.datasets = datasets
        """Facts of the data sets that it tells of, without images."""
        self.trained_as: dict[str, str] = {}
        """Id of each run in the file -> the id under which it was trained: its writer may have had it by a file."""
        self.named: dict[str, None] = {}
        """Names of the data sets of its runs, each once."""

    def runs(self) -> Iterator[ReadRun]:
        """Its runs, one at a time, oldest first."""
        for line in self._archive.lines(RUNS):
            yield read_run(line, self.datasets, self.manifest.program)

    def picture(self, sha256: str) -> bytes:
        """The PNG of that digest."""
        return self._archive.read(picture_name(sha256))


def read(file: IO[bytes], most_bytes: int) -> Frontier:
    """Check a whole file: its form, digests, specifications, numbers and pictures.

    Args:
        file: seekable; stays open as long as the frontier is used.
        most_bytes: the largest file that is read.

    Raises:
        TooLarge: it is larger than what is read here.
        Invalid: something in it is not as it should be; says what, and where.
    """
    archive = Archive(file, most_bytes)
    manifest = _manifest(archive.read(MANIFEST))
    _check_digests(archive, manifest)
    told = _parsed(Datasets, archive.read(DATASETS), DATASETS, manifest).datasets
    facts = {each.name: _facts(each) for each in told}
    if not len(told) == len(facts) == manifest.counts.datasets:
        raise refuse(f"tells of {len(facts)} data sets, not of {manifest.counts.datasets}, or of one twice")
    frontier = Frontier(archive, manifest, facts)
    pictures = Pictures(archive)
    _check_runs(frontier, pictures)
    pictures.check(manifest.counts.pictures)
    return frontier


def _manifest(content: bytes) -> Manifest:
    """The manifest; of a newer format nothing but its version is understood."""
    try:
        found = orjson.loads(content)
    except ValueError as error:
        raise refuse(f"has a {MANIFEST} that is not JSON: {error}") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise refuse(f"is another program's: the format in its {MANIFEST} is not {FORMAT}")
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        program = str(found.get("program"))[:64]
        raise refuse(
            f"was made by version {program} in format {version}; this program reads up to format {VERSION}: upgrade it"
        )
    return _parsed(Manifest, content, MANIFEST, None)


def _parsed(model: type[Model], content: bytes, place: str, manifest: Manifest | None) -> Model:
    try:
        return model.model_validate_json(content, strict=True)
    except ValidationError as error:
        raise explained(error, place, manifest.program if manifest else None) from error


def _check_digests(archive: Archive, manifest: Manifest) -> None:
    """The members are those that the manifest lists, byte for byte."""
    listed = {member.name: member for member in manifest.members}
    there = set(archive.names) - {MANIFEST}
    if len(listed) < len(manifest.members) or set(listed) != there:
        odd = sorted(set(listed) ^ there) or ["a member twice"]
        raise refuse(f"does not hold what its {MANIFEST} lists: {odd[0]}")
    for name, member in listed.items():
        if archive.size(name) != member.bytes or archive.sha256(name) != member.sha256:
            raise refuse(f"is damaged: {name} is not what its {MANIFEST} says (SHA-256)")
        if (picture := PICTURE.fullmatch(name)) and picture[1] != member.sha256:
            raise refuse(f"has a picture whose name is not its SHA-256: {name}")


def _facts(entry: DatasetEntry) -> DatasetFacts:
    """What the program needs to know of a data set, made of what the file says of it."""
    size = entry.splits.get("train", 0), entry.height * entry.width * entry.channels
    if len(entry.splits) != 3 or not size[0]:
        raise refuse(f"tells of data set {entry.name} without its train, validation and test images")
    facts = DatasetFacts(
        name=entry.name,
        title=entry.title,
        height=entry.height,
        width=entry.width,
        channels=entry.channels,
        splits={str(split): count for split, count in entry.splits.items()},
        values=entry.values,
        checksums=entry.checksums,
        classes=entry.classes,
        sources=("import",),
        defaults=defaults(*size),
        kind_defaults=kind_defaults(*size),
        note=NOT_HERE,
    )
    if facts.sha256 != entry.sha256:
        raise refuse(f"tells of data set {entry.name} by a digest that is not that of its checksums")
    known = BUILT_IN.get(entry.name)
    if known is None:
        _require_usable(facts)
    return known if known is not None and known.sha256 == facts.sha256 else facts


def _require_usable(facts: DatasetFacts) -> None:
    """The catalogue shows the default run of every data set, so there has to be one."""
    try:
        expand({"dataset": facts.name}, {facts.name: facts})
    except Invalid as error:
        raise refuse(f"tells of data set {facts.name}, on which no run could be made: {error}") from error


def _check_runs(frontier: Frontier, pictures: Pictures) -> None:
    """Ids stand once, and there are as many runs and points as the manifest counts; notes what is said of pictures."""
    runs: set[str] = set()
    trainings: set[str] = set()
    points: set[str] = set()
    for run in frontier.runs():
        trained = run.entry.origin.run if run.entry.origin else run.entry.id
        _once(run.entry.id, runs, "run")
        _once(trained, trainings, "the training of run")
        frontier.trained_as[run.entry.id] = trained
        frontier.named[run.spec.dataset.name] = None
        for point in run.entry.points:
            _once(point.id, points, "point")
            for picture in point.pictures:
                pictures.note(picture, point.id)
    counts = frontier.manifest.counts
    if (len(runs), len(points)) != (counts.runs, counts.points):
        raise refuse(f"holds {len(runs)} runs and {len(points)} points, not {counts.runs} and {counts.points}")


def _once(identity: str, seen: set[str], what: str) -> None:
    if identity in seen:
        raise refuse(f"holds {what} {identity} twice")
    seen.add(identity)
