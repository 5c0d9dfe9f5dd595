"""What GitHub's own Markdown parser makes of each file given: prints a list of objects as JSON.

Raw HTML is kept, as GitHub does before it takes out what is forbidden, so that nothing hides behind that.
"""

import json
import sys
from html.parser import HTMLParser
from pathlib import Path

from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options

# Platforms look for mentions, issues and links in neither of these.
QUIET = {"a", "code", "pre"}
VOID = {"br", "hr", "img", "input"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = set()
        self.links = []
        self.attributes = set()
        self.comments = []
        self.text = []
        self.open = []
        self.unbalanced = []
        self.rows = []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for name, value in attributes:
            self.attributes.add(name)
            if name in ("href", "src"):
                self.links.append(value)
        if tag == "table":
            self.rows.append([])
        if tag == "tr":
            self.rows[-1].append(0)
        if tag in ("td", "th"):
            self.rows[-1][-1] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_comment(self, text):
        self.comments.append(text)

    def handle_data(self, text):
        if not QUIET.intersection(self.open):
            self.text.append(text)


def read(path):
    # CR and U+2028 are part of the text, not of how it was opened.
    text = Path(path).read_bytes().decode("utf-8")
    page = Page()
    page.feed(github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    page.close()
    return {
        "tags": sorted(page.tags),
        "attributes": sorted(page.attributes),
        "links": page.links,
        "comments": page.comments,
        "text": "".join(page.text),
        "unbalanced": page.unbalanced + page.open,
        "tables": page.rows,
    }


print(json.dumps([read(path) for path in sys.argv[1:]]))
