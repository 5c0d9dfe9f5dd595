"""Runs the commands of repairs with the AWS CLI against the sandbox, one after the other, in one process.

    python run.py ENDPOINT < entries.json

An entry is {"rule", "command", "placeholders", "files"}: upper-case words are filled in, and the files stand in the folder in which the
command runs, as a person would have edited them. What a command writes to a file is dropped. Standard output: a JSON list, for each entry
what went wrong, or an empty text.
"""

import contextlib
import io
import json
import os
import sys
import tempfile
from importlib import metadata

sys.dont_write_bytecode = True  # no cache folders beside the sources
os.environ["AWS_DATA_PATH"] = str(metadata.distribution("botocore").locate_file("botocore/data"))
os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)

from awscli.clidriver import create_clidriver  # noqa: E402

import shell  # noqa: E402


def run(driver, entry, endpoint):
    for name, text in entry["files"].items():
        with open(name, "w") as file:
            file.write(text)
    told = []
    for words in shell.split(shell.filled(entry["command"], entry["placeholders"])):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            code = driver.main(words[1:] + ["--endpoint-url", endpoint])
        if code != 0:
            told.append(f"{' '.join(words)}\n    exit {code}: {said.getvalue().strip()[-300:]}")
    return "\n".join(told)


def main():
    driver = create_clidriver()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        answers = [run(driver, entry, sys.argv[1]) for entry in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
