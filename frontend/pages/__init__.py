"""One page, one file, one row: ``layout`` says what stands on it, ``register`` what happens there."""

from frontend.pages import compare, explore, lab, latent, queue, run, sweep, sweeps

PAGES = (explore.PAGE, compare.PAGE, latent.PAGE, queue.PAGE, sweeps.PAGE, lab.PAGE, run.PAGE, sweep.PAGE)
"""Every page; the menu lists them in this order."""
