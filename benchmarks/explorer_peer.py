"""optuna-dashboard on a study of so many trials, for :mod:`explorer` to measure beside ours: ``COUNT PORT``.

The storage is in memory, which is the fastest that it knows. Needs the extra ``bench``.
"""

import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import optuna
import optuna_dashboard
from points import places


class Threaded(ThreadingMixIn, WSGIServer):
    """As its own command serves: one thread for each request."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_args: object) -> None:
        """Nothing."""


def main(count: int, port: int) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.InMemoryStorage()
    study = optuna.create_study(storage=storage, study_name="plane", directions=["minimize", "minimize"])
    beta = {"beta": optuna.distributions.FloatDistribution(0.01, 100)}
    study.add_trials(
        [
            optuna.trial.create_trial(params={"beta": 1 + r % 7}, distributions=beta, values=[r, d])
            for r, d in zip(*(each.tolist() for each in places(count)), strict=True)
        ]
    )
    app = optuna_dashboard.wsgi(storage)
    make_server("127.0.0.1", port, app, server_class=Threaded, handler_class=Silent).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
