"""What a POSIX shell makes of a repair: the words of each call of `aws`, without running one."""

import re
import subprocess
import tempfile

# Each call writes its words, NUL-separated, to descriptor 3. A pattern that a shell would expand stays as it is: the folder is empty.
LISTEN = "aws() { printf '%s\\0' aws \"$@\" >&3; printf '\\001\\0' >&3; }\n"


def filled(command, placeholders):
    """The command with a sample in the place of each upper-case word that people fill in."""
    names = sorted(placeholders, key=len, reverse=True)
    if not names:
        return command
    return re.sub(r"(?<![A-Za-z0-9_])(" + "|".join(map(re.escape, names)) + r")(?![A-Za-z0-9_])",
                  lambda name: placeholders[name.group()], command)


def split(text):
    """A list of words for each call of `aws`, in the order in which the shell makes them."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as heard:
        subprocess.run(
            ["sh", "-euc", f"exec 3>&{heard.fileno()}\n" + LISTEN + text],
            cwd=folder, pass_fds=[heard.fileno()], check=True, capture_output=True, text=True,
        )
        heard.seek(0)
        words = heard.read().decode().split("\0")[:-1]
    calls, call = [], []
    for word in words:
        if word == "\001":
            calls.append(call)
            call = []
        else:
            call.append(word)
    return calls
