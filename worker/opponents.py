"""What the training loop does with a term's own network: steps it as a player, and ends a run in which it diverged."""

from collections.abc import Mapping, Sequence

from backend.errors import TrainingError
from backend.spec import Training
from worker.objective import Losses
from worker.objectives.contract import Opponent
from worker.players import Player, Round, adam

WORST = 1000.0
"""Loss, mean over a row of the history, beyond which a network has diverged: one that says the same of every pair has
2 log 2 as a discriminator and at most 2 as a critic, whatever the data."""


def player_of(opponent: Opponent) -> Player:
    """A term's own network, on the pairs that the model drew."""

    def loss(round_: Round, turn: int) -> Losses:
        found = opponent.loss(round_.pairs(turn), round_.noise)
        return Losses(found, {f"{opponent.name}_loss": found.detach()})

    return Player(
        name=opponent.name,
        parameters=opponent.parameters,
        loss=loss,
        optimiser=adam(opponent.parameters, opponent.learning_rate),
        learning_rate=opponent.learning_rate,
        steps=opponent.steps,
        normalize_gradients=False,
    )


def hints(training: Training, opponents: Sequence[Opponent]) -> dict[str, str]:
    """What to do where a column of the history is not finite any more, by column; under "" for all others."""
    slower = "lower training.learning_rate"
    model = slower if training.normalize_gradients else f"{slower}, or set training.normalize_gradients"
    return {"": model} | {column: _hint(each) for each in opponents for column in (f"{each.name}_loss", each.shows)}


def require_learning(opponents: Sequence[Opponent], row: Mapping[str, float], step: int) -> None:
    """
    Raises:
        TrainingError: a network does far worse than one that has learned nothing; what it says is no measurement.
    """
    for each in opponents:
        loss = row[f"{each.name}_loss"]
        if loss > WORST:
            name = each.name.replace("_", " ")
            raise TrainingError(f"the {name} diverged by step {step}: its loss is {loss:.3g}", _hint(each))


def _hint(opponent: Opponent) -> str:
    return (
        f"the {opponent.name.replace('_', ' ')} or the codes it reads diverged: lower {opponent.field}.learning_rate, "
        "the term's weight, or training.learning_rate"
    )
