"""Which explanation belongs to which estimate of a point, by its name in REST."""

ESTIMATES: dict[str, str] = {
    "rate": "rate",
    "distortion": "distortion",
    "neg_elbo": "neg_elbo",
    "mutual_information": "information",
    "mutual_information_self": "information",
    "mutual_information_leave_one_out": "information",
    "marginal_kl": "marginal_kl",
    "marginal_kl_lower": "marginal_kl",
    "marginal_kl_upper": "marginal_kl",
    "active_units": "active_units",
    "log_det_cov": "log_det_cov",
    "excess_kurtosis": "excess_kurtosis",
    "mmd_marginal": "mmd",
    "mmd_normal": "mmd",
    "mmd_logistic": "mmd",
    "posterior_gap": "posterior_gap",
    "neg_log_likelihood_is": "likelihood",
    "effective_samples": "effective_samples",
    "source_information": "source_information",
    "posterior_source_information": "source_information",
    "gap_to_entropy": "above_entropy",
}
"""Those that have one."""
