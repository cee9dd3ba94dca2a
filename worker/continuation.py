"""Starting from the weights of another run: what it learnt is taken over wherever it fits."""

from torch import Tensor, nn

from backend.spec import RunSpec
from worker.checkpoint import Checkpoint
from worker.model import Model
from worker.objective import Objective

_TERMS = {"rate_term": "rate", "divergence": "divergence", "information": "information"}
"""Terms of the objective by the attribute that holds them."""


def take_over(model: Model, objective: Objective, spec: RunSpec, before: Checkpoint) -> list[str]:
    """Give a model the weights of a checkpoint, and each term of the objective what its like has learnt there.

    The optimisers start anew: a run that succeeded keeps none.

    Args:
        model: of the same architecture as the checkpoint's.
        objective: its terms; those of another kind or size than the checkpoint's stay as they are.
        spec: the run that begins.
        before: the checkpoint of the run that it continues.

    Returns:
        the names of the terms that start anew though they have something to learn.
    """
    model.load_state_dict(before.model)
    theirs = RunSpec.model_validate_json(before.spec).objective
    anew = []
    for attribute, name in _TERMS.items():
        term = getattr(objective, attribute)
        if term is None or not term.state_dict():
            continue
        learnt = {
            key.removeprefix(f"{attribute}."): value
            for key, value in before.objective.items()
            if key.startswith(f"{attribute}.")
        }
        if getattr(spec.objective, name).kind == getattr(theirs, name).kind and _fits(term, learnt):
            term.load_state_dict(learnt)
        else:
            anew.append(name)
    objective.rate_term.taken_over()
    return anew


def _fits(term: nn.Module, learnt: dict[str, Tensor]) -> bool:
    shapes = {name: value.shape for name, value in term.state_dict().items()}
    return shapes == {name: value.shape for name, value in learnt.items()}
