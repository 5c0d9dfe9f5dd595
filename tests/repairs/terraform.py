"""Terraform: parsed by python-hcl2, and its names held against `provider.json`, the arguments of the AWS provider."""

import json
from pathlib import Path

import hcl2

TABLE = "aws_dynamodb_table"
RESOURCES = json.loads(Path(__file__).with_name("provider.json").read_text())["resources"]
# Arguments that Terraform itself takes in every resource.
META = {"for_each", "count", "depends_on", "lifecycle", "provider"}


def named(key):
    return key.strip('"')


def misfits(body, schema, at, whole):
    """Names that the schema does not have, blocks that are written as arguments and the other way round, what is missing."""
    given = {named(key) for key in body if not key.startswith("__")}
    for key in sorted(given):
        value = body.get(key, body.get(f'"{key}"'))
        blocks = isinstance(value, list) and all(isinstance(it, dict) and it.get("__is_block__") for it in value) and value
        if key in META and at.count(".") == 0:
            continue
        if key not in schema:
            yield f"{at} has no {key!r}; it has {', '.join(sorted(schema))}"
        elif "block" in schema[key] and not blocks:
            yield f"{at}.{key} is a block, not an argument"
        elif "block" not in schema[key] and blocks:
            yield f"{at}.{key} is an argument, not a block"
        elif blocks:
            for each in blocks:
                yield from misfits(each, schema[key]["block"], f"{at}.{key}", True)
    if whole:
        for key in sorted(key for key, it in schema.items() if it["needed"] and key not in given):
            yield f"{at} needs {key!r}"


def wrong_in(entries):
    """Pairs of an entry's number and what is wrong with it."""
    for number, entry in enumerate(entries):
        try:
            yield from ((number, told) for told in wrong_with(*entry))
        except Exception as failure:  # whatever the parser throws is what the repair is told
            yield number, f"{type(failure).__name__}: {failure}"


def wrong_with(text, resource, block):
    read = hcl2.loads(text + "\n")
    found = []
    for declared in read.pop("resource", []):
        for kind, by_name in declared.items():
            if kind.startswith("__"):
                continue
            kind = named(kind)
            if kind not in RESOURCES:
                found.append(f"provider.json has no {kind}: is there one? then provider.py writes it down")
                continue
            for body in (body for name, body in by_name.items() if not name.startswith("__")):
                found += misfits(body, RESOURCES[kind], kind, True)
    if any(not key.startswith("__") for key in read):
        schema = RESOURCES[resource] if block is None else inner(RESOURCES[resource], block)
        found += misfits(read, schema, resource if block is None else f"{resource}.{block}", False)
    return found


def inner(schema, block):
    """The schema of a block, wherever it stands."""
    if block in schema and "block" in schema[block]:
        return schema[block]["block"]
    for each in schema.values():
        if "block" in each and (found := inner(each["block"], block)) is not None:
            return found
    return None
