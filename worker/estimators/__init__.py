"""The measurements beside rate and distortion."""

from worker.estimators.active_units import active_units
from worker.estimators.contract import Estimator
from worker.estimators.mutual_information import mutual_information
from worker.estimators.source_information import source_information
from worker.estimators.true_posterior import true_posterior

ESTIMATORS: dict[str, Estimator] = {
    "mutual_information": mutual_information,
    "active_units": active_units,
    "source_information": source_information,
    "true_posterior": true_posterior,
}
