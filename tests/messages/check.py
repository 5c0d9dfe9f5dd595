"""Reads messages of drift with what Slack and AWS themselves ship: slack_sdk's models of blocks, the service model of SNS.

    check.py slack FILE | check.py sns FILE
"""

import json
import sys

import botocore.session
import botocore.validate
from slack_sdk.models.blocks import Block


def slack(message):
    assert set(message) == {"text", "blocks"}, set(message)
    assert 0 < len(message["blocks"]) <= 50, len(message["blocks"])
    parsed = Block.parse_all(message["blocks"])
    assert len(parsed) == len(message["blocks"])
    for given, block in zip(message["blocks"], parsed):
        # to_dict validates lengths and kinds, and leaves out what the model does not know.
        again = block.to_dict()
        assert again["type"] == given["type"], (again, given)
        texts = given.get("elements") or [given["text"]]
        for text in texts:
            limit = 150 if given["type"] == "header" else 3000
            assert 0 < len(text["text"]) <= limit, len(text["text"])
            if text["type"] == "mrkdwn":
                bare = text["text"].replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
                assert not set(bare) & set("<>&"), text["text"]


def sns(publish):
    model = botocore.session.Session().get_service_model("sns")
    shape = model.operation_model("Publish").input_shape
    topic = {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:drift"}
    report = botocore.validate.ParamValidator().validate(publish | topic, shape)
    assert not report.has_errors(), report.generate_report()
    assert set(publish) <= set(shape.members), set(publish)
    subject = publish["Subject"]
    assert 0 < len(subject) < 100 and subject.isascii() and subject.isprintable(), subject
    assert subject[0].isalnum(), subject
    assert len(publish["Message"].encode()) <= 256 * 1024
    assert publish["MessageStructure"] == "json"
    by_protocol = json.loads(publish["Message"])
    assert isinstance(by_protocol["default"], str)
    for protocol, text in by_protocol.items():
        assert isinstance(text, str) and text, protocol


kind, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    {"slack": slack, "sns": sns}[kind](json.load(file))
print("good")
