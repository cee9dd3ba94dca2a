"""One page, one file, one row: ``layout`` says what stands on it, ``register`` what happens there."""

from frontend.pages import explore, lab, queue, run

PAGES = (explore.PAGE, queue.PAGE, lab.PAGE, run.PAGE)
"""Every page; the menu lists them in this order."""
