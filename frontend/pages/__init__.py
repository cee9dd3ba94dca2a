"""One page, one file or folder, one row: ``layout`` says what stands on it, ``register`` what happens there."""

from frontend.pages import run, sweep, sweeps
from frontend.pages.compare import page as compare
from frontend.pages.explore import page as explore
from frontend.pages.lab import page as lab
from frontend.pages.latent import page as latent
from frontend.pages.queue import page as queue

PAGES = (explore.PAGE, compare.PAGE, latent.PAGE, queue.PAGE, sweeps.PAGE, lab.PAGE, run.PAGE, sweep.PAGE)
"""Every page; the menu lists them in this order."""
