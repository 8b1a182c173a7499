"""The components of the AsyncAPI document: every message of the bus and the sockets, its schema."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from services import topology
from services.contracts import Answer, Body, Envelope, Source
from services.contracts.wire_agent import AgentFrame
from services.contracts.wire_citizen import CitizenFrame, ServerFrame
from services.contracts.wire_desk import DeskFrame

Json = dict[str, Any]

DEAD_LETTER: Final = "dead.letter"
_FRAMES: Final[Mapping[str, tuple[Any, JsonSchemaMode]]] = {
    # What we receive may leave out what has a default; what we send has every field.
    "citizen.in": (CitizenFrame, "validation"),
    "citizen.out": (ServerFrame, "serialization"),
    "agent.in": (AgentFrame, "validation"),
    "agent.out": (DeskFrame, "serialization"),
}


def models_of(union: Any) -> dict[str, type[BaseModel]]:
    """Return the classes of a union of contracts by their `type`, in the order of the union."""
    if isinstance(union, type) and issubclass(union, BaseModel):
        return {str(union.model_fields["type"].default): union}
    parts = get_args(union)
    if hasattr(union, "__metadata__"):  # `Annotated` has its union first
        parts = parts[:1]
    return {name: model for part in parts for name, model in models_of(part).items()}


ANSWERS: Final = frozenset(models_of(Answer))


def query_of(answer: str) -> str:
    """Return the type of the query that is answered by a type: `range.v1` by `range.read.v1`."""
    stem, _, version = answer.rpartition(".")
    return f"{stem}.read.{version}"


def frame_names(side: str) -> list[str]:
    """Return the names of one side's messages, such as `citizen.in`."""
    return [f"{side}.{name}" for name in models_of(_FRAMES[side][0])]


def components() -> Json:
    """Return the messages and the schemas."""
    return {"messages": _messages(), "schemas": _schemas()}


def _messages() -> Json:
    found = {
        name: _message(
            name,
            model,
            {
                "allOf": [
                    {"$ref": "#/components/schemas/Envelope"},
                    {
                        "properties": {
                            "source": {"enum": sorted(topology.SAYS[name])},
                            "body": {"$ref": f"#/components/schemas/{model.__name__}"},
                        }
                    },
                ]
            },
        )
        for name, model in models_of(Body).items()
    }
    found[DEAD_LETTER] = {
        "name": DEAD_LETTER,
        "summary": "A message nobody could handle, as it was.",
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "properties": {
                "x-reason": {"type": "string", "description": "The class of the error."},
                "x-from": {"enum": list(get_args(Source)), "description": "Who gave it up."},
                "x-queue": {"type": "string", "description": "Where it was taken from."},
                "x-said-by": {"type": "string", "description": "The broker user that said it."},
            },
        },
        "payload": {},
    }
    for side, (union, _) in _FRAMES.items():
        for name, model in models_of(union).items():
            payload = {"$ref": f"#/components/schemas/{model.__name__}"}
            found[f"{side}.{name}"] = _message(name, model, payload)
    return found


def _message(name: str, model: type[BaseModel], payload: Json) -> Json:
    says = (model.__doc__ or "").strip().partition("\n")[0]
    return {"name": name, "title": model.__name__, "summary": says, "payload": payload}


def _schemas() -> Json:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Envelope, "serialization")]
    wanted += [
        (model, mode) for union, mode in _FRAMES.values() for model in models_of(union).values()
    ]
    _, found = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    schemas: Json = _plain(found["$defs"])
    schemas["Envelope"]["properties"]["body"] = {"type": "object"}  # each message says which
    return schemas


def _plain(node: Any) -> Any:
    """Return a schema in AsyncAPI's words.

    Its discriminator is the name of a property. A reader ignores what it does not know, so no
    object is closed. Titles only repeat names.
    """
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {
        key: {name: _plain(sub) for name, sub in value.items()}
        if key == "properties"
        else _plain(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "additionalProperties" and value is False)
    }
    if isinstance(discriminator := node.get("discriminator"), dict):
        plain["discriminator"] = discriminator["propertyName"]
    return plain
