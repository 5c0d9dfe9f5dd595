"""Reads what repairs give for Terraform and CloudFormation, with parsers and schemas that are not ours.

Standard input: a JSON list of {"rule", "form", "text"} with the form `terraform` or `cloudformation`. Standard output: a JSON list of
what is wrong, one text each, empty where all is well.

A repair is a whole resource, or what goes into one. That is told by its first line, `# in the RESOURCE` or `# in the BLOCK of the
RESOURCE`; without one it goes into the table.
"""

import json
import os
import re
import sys

sys.dont_write_bytecode = True  # no cache folders beside the sources

import cloudformation  # noqa: E402
import terraform  # noqa: E402

PLACE = re.compile(r"# in the (?:(\w+) of the )?(\S+)$")


def place_of(text, table):
    """Resource and block that the text goes into."""
    first = text.lstrip().split("\n", 1)[0]
    found = PLACE.match(first)
    return (found.group(2), found.group(1)) if found else (table, None)


def main():
    entries = json.load(sys.stdin)
    wrong = []
    for form, reader in (("terraform", terraform), ("cloudformation", cloudformation)):
        of_form = [entry for entry in entries if entry["form"] == form]
        placed = [(entry["text"], *place_of(entry["text"], reader.TABLE)) for entry in of_form]
        for number, told in reader.wrong_in(placed):
            wrong.append(f"{of_form[number]['rule']}: {told}\n{of_form[number]['text']}")
    json.dump(wrong, sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    main()
