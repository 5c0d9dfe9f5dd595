"""Reads commands as a shell and the AWS CLI do, and holds each against AWS's own service model. Nothing is sent.

Standard input: a JSON list of {"rule", "command", "placeholders"}; a command may have several lines. Standard output: a JSON list of
what is wrong, one text each, empty where all is well. Run in the folder of the files that commands name (`file://…`).
"""

import contextlib
import io
import json
import os
import subprocess
import sys
from importlib import metadata

sys.dont_write_bytecode = True  # no cache folders beside the sources
os.environ.update(
    AWS_ACCESS_KEY_ID="nobody",
    AWS_SECRET_ACCESS_KEY="nothing",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
)

# The CLI brings models along that are older than those of botocore by itself.
os.environ["AWS_DATA_PATH"] = str(metadata.distribution("botocore").locate_file("botocore/data"))

from awscli.clidriver import create_clidriver  # noqa: E402 (brings botocore along)
import botocore.client  # noqa: E402
from botocore.validate import ParamValidator  # noqa: E402

import shell  # noqa: E402


class Sent(BaseException):
    """A request that would now be sent. No error of the CLI, so that nothing catches it."""


def misfits(value, shape, at=""):
    """Words that their enumeration does not have; ParamValidator looks at types and names alone."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, item in value.items():
            if name in shape.members:
                yield from misfits(item, shape.members[name], f"{at}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            yield from misfits(item, shape.member, f"{at}[]")
    elif shape.type_name == "map" and isinstance(value, dict):
        for item in value.values():
            yield from misfits(item, shape.value, f"{at}{{}}")
    elif shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{at.lstrip('.')}: {value!r} is none of {', '.join(shape.enum)}"


def take(client, operation, params, *_):
    shape = client.meta.service_model.operation_model(operation).input_shape
    found = []
    if shape is not None:
        report = ParamValidator().validate(params, shape)
        found = [report.generate_report()] if report.has_errors() else []
        found += misfits(params, shape)
    raise Sent(found)


def wrong_in(driver, words):
    """What is wrong with one command, split as a shell does."""
    if words[:1] != ["aws"]:
        return [f"not a command of the AWS CLI: {' '.join(words)}"]
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            code = driver.main(words[1:])
    except Sent as sent:
        return sent.args[0]
    except SystemExit as ended:
        code = ended.code
    return [f"never got as far as sending (exit {code}): {said.getvalue().strip()[-400:]}"]


def main():
    botocore.client.BaseClient._make_api_call = take
    wrong, seen = [], {}
    driver = create_clidriver()
    for entry in json.load(sys.stdin):
        text = shell.filled(entry["command"], entry["placeholders"])
        if text not in seen:
            try:
                commands = shell.split(text)
                seen[text] = [] if commands else ["no command in it"]
                for words in commands:
                    seen[text] += wrong_in(driver, words)
            except subprocess.CalledProcessError as error:
                seen[text] = [f"the shell refuses it: {error.stderr}"]
        wrong += [f"{entry['rule']}: {each}\n    {text}" for each in seen[text]]
    json.dump(sorted(set(wrong)), sys.stdout)


if __name__ == "__main__":
    main()
