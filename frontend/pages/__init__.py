"""One page, one file or folder, one row: ``layout`` says what stands on it, ``register`` what happens there."""

from frontend.pages import run, sweep, sweeps
from frontend.pages.compare.page import PAGE as COMPARE
from frontend.pages.explore.page import PAGE as EXPLORE
from frontend.pages.lab.page import PAGE as LAB
from frontend.pages.latent.page import PAGE as LATENT
from frontend.pages.queue.page import PAGE as QUEUE

PAGES = (EXPLORE, COMPARE, LATENT, QUEUE, sweeps.PAGE, LAB, run.PAGE, sweep.PAGE)
"""Every page; the menu lists them in this order."""
