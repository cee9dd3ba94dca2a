"""``/catalogue``: what a specification can be made of."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from backend.api.parts import DatabaseOf
from backend.catalogue import catalogue
from backend.store import datasets

router = APIRouter(prefix="/catalogue", tags=["catalogue"])


class Entry(BaseModel):
    """One choice. Some tables say more: `symbol`, `formula`, `knobs`, `shape`, `note`."""

    model_config = ConfigDict(extra="allow")

    name: str
    title: str
    paper: str
    json_schema: dict[str, Any] = Field(alias="schema")
    defaults: Any


class Catalogue(BaseModel):
    """Every table of parts by name."""

    datasets: list[Entry]
    encoders: list[Entry]
    decoders: list[Entry]
    marginals: list[Entry]
    networks: list[Entry]
    autoregressive_networks: list[Entry]
    likelihoods: list[Entry]
    rate_terms: list[Entry]
    divergences: list[Entry]
    information_terms: list[Entry]
    methods: list[Entry]
    estimators: list[Entry]
    presets: list[Entry]
    sections: list[Entry]


@router.get("", response_model=Catalogue)
def get_catalogue(database: DatabaseOf) -> dict[str, list[dict[str, Any]]]:
    """Built from the specification itself: a part that is added appears here and in the form."""
    with database.read() as session:
        return catalogue(datasets.every(session))
