"""Rules between the fields of a specification, and between a field and the data: one subject a file.

Each rule says what is wrong in the terms of the paper it comes from, and what to do instead.
"""

from backend.datasets import DatasetFacts
from backend.errors import FieldProblem
from backend.rules.architecture import broken_by_architecture
from backend.rules.batches import broken_by_batches
from backend.rules.data import broken_by_data
from backend.rules.objective import broken_by_objective
from backend.rules.size import MOST_KEPT, MOST_PARAMETERS, too_large
from backend.spec import RunSpec

__all__ = ["MOST_KEPT", "MOST_PARAMETERS", "broken_rules"]


def broken_rules(spec: RunSpec, facts: DatasetFacts) -> list[FieldProblem]:
    """What a specification that is valid field by field still gets wrong."""
    return [
        *broken_by_data(spec, facts),
        *broken_by_architecture(spec, facts),
        *broken_by_objective(spec),
        *broken_by_batches(spec, facts),
        *too_large(spec, facts),
    ]
