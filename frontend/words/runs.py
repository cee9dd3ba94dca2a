"""What a run is called, and what it is, in a line."""

from collections.abc import Mapping
from typing import Any

from frontend.words.formats import compact, method_words, plural, tuple_text
from frontend.words.labels import setting, settings, unmarked_of

Json = Mapping[str, Any]

CUSTOM = "custom"
"""The method of a sum of terms that is nobody's method."""


def is_changed(run: Json) -> bool:
    """Whether a run was asked for by a method that its own fields made something else."""
    return run.get("knobs") is None and run["method"] != CUSTOM


def short_title(run: Json) -> str:
    """The tuple and the method of a run."""
    return f"{tuple_text(run['architecture'])} {method_words(str(run['method']), changed=is_changed(run))}"


def changed_note(run: Json) -> str | None:
    """What a changed method means, for who points at it."""
    if not is_changed(run):
        return None
    return (
        f"Asked for as {run['method']}; what was given beside that made it something else: what it minimises, or its "
        "m(z), is no longer that method's."
    )


def title(run: Json) -> str:
    """What a run minimises, in one line: the method with its settings, or its terms."""
    objective, knobs = run["spec"]["objective"], run.get("knobs")
    words = [
        method_words(str(run["method"]), changed=is_changed(run)),
        *(_by_hand(objective) if knobs is None else settings(knobs)),
    ]
    anneal = objective["rate"].get("anneal_epochs")
    return ", ".join([*words, *([f"annealed over {plural(anneal, 'epoch')}"] if anneal else [])])


def _by_hand(objective: Json) -> list[str]:
    """The terms with their weights; what is none is not named."""
    rate, divergence, information = (objective[term] for term in ("rate", "divergence", "information"))
    words = [setting(name, rate[name]) for name in ("beta", "target_rate") if name in rate]
    words += [f"{part['kind']} × {compact(part['weight'])}" for part in (divergence,) if part["kind"] != "none"]
    kinds = [part for part in (information,) if part["kind"] != "none"]
    return [*words, *(f"information {part['kind']} × {compact(part['weight'])}" for part in kinds)]


def networks(run: Json) -> str:
    """The parts that the tuple has no symbol for, and the networks."""
    architecture = run["spec"]["architecture"]
    kinds = [(architecture[part].get("network") or {}).get("kind") for part in ("encoder", "decoder")]
    names = [kind for kind in kinds if kind]
    named = names[0] if len(set(names)) == 1 else "/".join(names)
    return " \u00b7 ".join(each for each in (unmarked_of(run["architecture"], run["spec"]), named) if each)


def sizes(run: Json) -> str:
    """What the tuple does not tell of an architecture: a flow that sees x, and how large the model is."""
    architecture = run["spec"]["architecture"]
    words = ["flow with context"] if architecture["encoder"].get("context") else []
    words.append(f"latent dim {architecture['latent_dim']}, width {compact(architecture['width'])}")
    return " \u00b7 ".join(words)


def details(run: Json) -> str:
    """The rest of what a run is."""
    spec = run["spec"]
    parts = [f"{spec['dataset']['name']}/{spec['dataset']['binarize']}", networks(run)]
    limit, training = spec["dataset"].get("train_limit"), spec["training"]
    parts.append(epochs(training) + (f" of {plural(limit, 'image')}" if limit else ""))
    parts += [f"seed {spec['seed']}", sizes(run), f"batch {training['batch_size']}"]
    return " \u00b7 ".join(part for part in parts if part)


def epochs(training: Json) -> str:
    """How long a run trains; on top of what, where it starts from another run's weights."""
    before = (training.get("continues") or {}).get("epochs")
    return f"{before} + {plural(training['epochs'], 'epoch')}" if before else plural(training["epochs"], "epoch")
