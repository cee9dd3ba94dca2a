"""What a specification says of its data that the data set cannot give."""

from backend.datasets import DATASETS, DatasetFacts
from backend.errors import FieldProblem
from backend.spec import Dataset, RunSpec


def broken_by_data(spec: RunSpec, facts: DatasetFacts) -> list[FieldProblem]:
    """Content, binarisation, limits, and measurements that need a known source."""
    found: list[FieldProblem] = []
    dataset, train, test = spec.dataset, facts.splits["train"], facts.splits["test"]
    if dataset.sha256 != facts.sha256:
        found.append(
            FieldProblem(("dataset", "sha256"), f"{facts.name} here has other content, {facts.sha256}: leave it out")
        )
    if dataset.binarize not in facts.binarizations:
        choices = ", ".join(facts.binarizations)
        found.append(FieldProblem(("dataset", "binarize"), f"{facts.name} has {facts.values} images: choose {choices}"))
    if facts.distribution:
        found += _limits_of_a_distribution(dataset)
    if dataset.train_limit is not None and dataset.train_limit > train:
        found.append(FieldProblem(("dataset", "train_limit"), f"{facts.name} has {train} training images"))
    if dataset.eval_limit is not None and dataset.eval_limit > test:
        found.append(FieldProblem(("dataset", "eval_limit"), f"{facts.name} has {test} test images"))
    asked = [estimator.kind for estimator in spec.evaluation.estimators]
    if "source_information" in asked and not facts.source_known:
        known = ", ".join(each.name for each in DATASETS.values() if each.source_known)
        found.append(
            FieldProblem(
                ("evaluation", "estimators", asked.index("source_information")),
                f"nobody knows the source of {facts.name}: leave it out; data with a known source: {known}",
            )
        )
    return found


def _limits_of_a_distribution(dataset: Dataset) -> list[FieldProblem]:
    return [
        FieldProblem(("dataset", limit), f"{dataset.name} is the distribution itself, not a sample: leave it out")
        for limit in ("train_limit", "eval_limit")
        if getattr(dataset, limit) is not None
    ]
