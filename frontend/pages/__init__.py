"""One page, one file, one row: ``layout`` says what stands on it, ``register`` what happens there."""

from frontend.pages import explore, queue, run

PAGES = (explore.PAGE, queue.PAGE, run.PAGE)
"""Every page; the menu lists them in this order."""
