"""The new-run form, from the catalogue's JSON schemas: which fields there are, and what they stand at.

Values live in a flat table by path: ``training.epochs``, ``architecture.encoder.network.kind``; a knob of a method is
its short key alone, such as ``beta``.
"""

from dataclasses import dataclass, replace

from frontend.form.defaults import PARTS, Json, Values, defaults_of, item, networks_of
from frontend.form.fields import Field, field_of, schema_fields
from frontend.form.terms import Terms, method_of, terms

RESTARTS = "restarts"
"""Not of the specification: how many seeds the run is queued under."""
SHORT = {
    "architecture.latent_dim": "latent_dim",
    "architecture.width": "width",
    "training.epochs": "epochs",
    "training.batch_size": "batch_size",
    "training.learning_rate": "learning_rate",
    "dataset.train_limit": "train_limit",
    "seed": "seed",
}
"""Fields that have a key at the top of the short form."""

MAIN = ("training.epochs",)
"""Fields of the sections that are not folded away; the seed stands beside them."""

SLIDERS = {
    "beta": (-2.0, 2.0),
    "objective.rate.beta": (-2.0, 2.0),
    "target_rate": (-1.0, 3.0),
    "objective.rate.target_rate": (-1.0, 3.0),
    "lambda": (-2.0, 4.0),
    "objective.divergence.weight": (-2.0, 4.0),
    "objective.information.weight": (-2.0, 2.0),
}
"""Fields with a logarithmic slider, and the powers of ten at its ends."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The fields for one choice of data set, parts and method, with the defaults they stand at."""

    terms: Terms
    """The fields of the objective; its knobs are in sight."""
    main: list[Field]
    """Fields that nearly every run sets."""
    sections: list[tuple[str, list[Field]]]
    """Title and fields of each folded section."""
    defaults: Values
    formula: str

    @property
    def knobs(self) -> list[Field]:
        """The settings of the method, or the weights of the terms."""
        return self.terms.knobs

    @property
    def fields(self) -> dict[str, Field]:
        """Every field by path."""
        found = [*self.knobs, *self.main, *(field for _, fields in self.sections for field in fields)]
        return {field.path: field for field in found}


def layout(catalogue: Json, values: Json) -> Layout:
    """The fields that belong to these choices.

    Args:
        catalogue: GET /catalogue.
        values: the structural choices by path: data set, method, and every ``kind``.
    """
    dataset = item(catalogue, "datasets", values.get("dataset.name"))
    defaults = defaults_of(catalogue, values)
    chosen = {**defaults, **{path: value for path, value in values.items() if path.endswith(".kind") and value}}
    objective = terms(catalogue, {**values, **chosen})
    data = schema_fields(dataset.get("schema") or {}, "dataset")
    sections = [
        ("Training", _section(catalogue, "training")),
        ("Architecture", [*_section(catalogue, "architecture"), *_part_fields(catalogue, chosen)]),
        ("Objective", objective.others),
        ("Data", [field for field in data if field.path not in ("dataset.name", "dataset.sha256")]),
    ]
    main = [field for _, fields in sections for field in fields if field.path in MAIN] + _seed(catalogue) + [_RESTARTS]
    folded = [(title, [field for field in fields if field.path not in MAIN]) for title, fields in sections]
    shape = Layout(
        terms=objective,
        main=main,
        sections=[each for each in folded if each[1]],
        defaults=defaults,
        formula=str(method_of(catalogue, values).get("formula") or ""),
    )
    for path, field in shape.fields.items():
        defaults.setdefault(path, field.default)
    return shape


_RESTARTS = Field(
    path=RESTARTS,
    kind="integer",
    title="restarts",
    default=1,
    minimum=1,
    help="How many seeds the run is queued under.",
)


def _part_fields(catalogue: Json, chosen: Json) -> list[Field]:
    """The fields of each part and of its network, named by the part."""
    found = []
    for part, axis in PARTS:
        prefix = f"architecture.{part}"
        kind = chosen.get(f"{prefix}.kind")
        schemas = [(item(catalogue, axis, kind).get("schema") or {}, prefix)]
        network = chosen.get(f"{prefix}.network.kind")
        schemas += [
            (entry["schema"], f"{prefix}.network")
            for entry in networks_of(catalogue, axis, kind)
            if entry["name"] == network
        ]
        for schema, path in schemas:
            found += [replace(field, title=f"{part} {field.title}") for field in schema_fields(schema, path)]
    return found


def _section(catalogue: Json, name: str) -> list[Field]:
    return schema_fields(item(catalogue, "sections", name).get("schema") or {}, name)


def _seed(catalogue: Json) -> list[Field]:
    entry = item(catalogue, "sections", "seed")
    field = field_of("seed", "seed", {"default": entry.get("defaults"), **entry["schema"]}) if entry else None
    return [field] if field else []
