"""The JSON schema of both sockets' frames, from which `contracts.ts` is generated.

`python -m services.schemas` prints it. What we send is described as it is sent (every field
present), what we receive as it may be sent (defaults may be left out).
"""

import json
import sys
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from services.contracts.codes import RETRYABLE, Refusal
from services.contracts.files import MAX_FILE_BYTES, MEDIA_TYPES, PICTURES
from services.contracts.model import MAX_TEXT_BYTES
from services.contracts.wire_agent import AgentFrame
from services.contracts.wire_citizen import CitizenFrame, ServerFrame
from services.contracts.wire_desk import DeskFrame

_FRAMES: tuple[tuple[str, Any, JsonSchemaMode], ...] = (
    ("CitizenFrame", CitizenFrame, "validation"),
    ("ServerFrame", ServerFrame, "serialization"),
    ("AgentFrame", AgentFrame, "validation"),
    ("DeskFrame", DeskFrame, "serialization"),
)


def wire_schema() -> dict[str, Any]:
    """Return one schema document: four unions, the codes and the limits under `$defs`."""
    defs: dict[str, Any] = {}
    for name, frame, mode in _FRAMES:
        schema = TypeAdapter(frame).json_schema(mode=mode)
        defs.update(schema.pop("$defs"))
        defs[name] = {"oneOf": schema["oneOf"]}
    defs["Refusal"] = {"enum": [code.value for code in Refusal]}
    _demand_tags(defs)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": _tidy(defs),
        "x-max-text-bytes": MAX_TEXT_BYTES,
        "x-max-file-bytes": MAX_FILE_BYTES,
        "x-media-types": MEDIA_TYPES,
        "x-pictures": sorted(PICTURES),
        "x-retryable": sorted(RETRYABLE),
    }


def _demand_tags(defs: dict[str, Any]) -> None:
    """Make the tag of every frame required: a union whose tag is optional does not narrow."""
    for schema in defs.values():
        for tag in ("type", "kind"):
            if "const" in schema.get("properties", {}).get(tag, {}):
                schema["required"] = sorted({*schema.get("required", ()), tag})


def _tidy(node: Any) -> Any:
    """Drop titles and object defaults (each would make a type of its own) and discriminators."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _tidy(sub) for name, sub in value.items()}
        if key in ("properties", "$defs")
        else _tidy(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and key != "discriminator"
        and not (key == "default" and isinstance(value, dict))
    }


def main() -> None:
    """Print the schema."""
    json.dump(wire_schema(), sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
