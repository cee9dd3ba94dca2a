"""One page, one file: ``layout`` says what stands on it, ``register`` what happens there."""
