"""Reads JUnit XML on stdin with junitparser and says what became of each result, as JSON."""

import json
import re
import sys
from collections import Counter

from junitparser import Failure, JUnitXml, Skipped

FOLDED = re.compile(r"([\d,]+) (?:more )?results? (pass(?:es)?|failed|unknown|waived|baselined)$")
WORDS = {"passes": "pass", "failed": "fail"}


def lines(case):
    """What became of the results of a case: each line of its text is one; without a text it has only one."""
    texts = [result.text for result in case.result] or [case.system_out]
    found = [line for text in texts if text for line in text.split("\n")]
    if found:
        return [line.split(":", 1)[0] for line in found]
    return [{Failure: "fail", Skipped: "unknown"}[type(it)] for it in case.result] or ["pass"]


def main():
    report = JUnitXml.fromstring(sys.stdin.buffer.read())
    counts, cases, suites = Counter(), Counter(), []
    names = set()
    for suite in report:
        suites.append(suite.name)
        told = Counter()
        for case in suite:
            kind = "pass"
            for result in case.result:
                kind = {Failure: "fail", Skipped: "skipped"}[type(result)]
                if not result.message:
                    sys.exit(f"{case.name} does not say why")
            told[kind] += 1
            if (case.classname, case.name) in names:
                sys.exit(f"two cases are named {case.name} in {suite.name}")
            names.add((case.classname, case.name))
            if suite.name.startswith("checklist "):
                continue
            folded = FOLDED.match(case.name)
            if folded:
                counts[WORDS.get(folded[2], folded[2])] += int(folded[1].replace(",", ""))
            else:
                counts.update(lines(case))
        if (suite.tests, suite.failures, suite.skipped, suite.errors) != (
            sum(told.values()),
            told["fail"],
            told["skipped"],
            0,
        ):
            sys.exit(f"{suite.name} is not what its numbers say")
        cases.update(told)
    if (report.tests, report.failures, report.skipped) != (
        sum(cases.values()),
        cases["fail"],
        cases["skipped"],
    ):
        sys.exit("the report is not what its numbers say")
    print(json.dumps({"counts": counts, "cases": cases, "suites": suites}))


main()
