"""The WSGI application: every request passes here on its way to our own operations or to moto.

In order: count the call, fire triggers, check permissions, inject a fault, answer. An operation that is neither ours nor
reviewed is refused aloud: a silent wrong answer would be worse.
"""

import json
import sys
import time
import traceback
from io import BytesIO
from typing import Any, Dict, Iterable, Optional
from urllib.parse import parse_qsl

from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.test import run_wsgi_app

import access
import backup
import backup_jobs
import gaps
import perimeter
import streams
import watch
import keys
import metrics
import tables
import wire
import writes
from control import BadRequest, Control, Fault, parse_body
from wire import CBOR, AwsError, Call, Response

PARTS = (access, backup, backup_jobs, gaps, keys, metrics, perimeter, streams, tables, watch, writes)
OURS = {name: answer for part in PARTS for name, answer in part.OPERATIONS.items()}

# moto operations whose requests and answers were compared with AWS's API model and documentation.
REVIEWED = {
    "application-autoscaling:DeleteScalingPolicy",
    "application-autoscaling:DeregisterScalableTarget",
    "application-autoscaling:PutScalingPolicy",
    "application-autoscaling:RegisterScalableTarget",
    "backup:CreateBackupPlan",
    "backup:CreateBackupVault",
    "backup:DeleteBackupPlan",
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:PutBackupVaultLockConfiguration",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DisableAlarmActions",
    "cloudwatch:EnableAlarmActions",
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:SetAlarmState",
    "dynamodb:CreateTable",
    "dynamodb:DeleteTable",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
    "sns:CreateTopic",
    "sns:DeleteTopic",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
    "sns:Unsubscribe",
    "sts:AssumeRole",
}

HTML_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>proxy</body></html>"


class Bridge:
    def __init__(self, verbose: bool = False) -> None:
        self.control = Control()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._verbose = verbose

    def __call__(self, environ: Dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or 0
        body = environ["wsgi.input"].read(int(length))
        try:
            if environ["PATH_INFO"].startswith("/_sandbox/"):
                response = self._steer(environ, body)
            else:
                response = self._serve(environ, body)
        except Exception:
            traceback.print_exc()
            response = _plain(501, {"__type": "SandboxFailure", "message": traceback.format_exc(limit=-1)})
        # A truncated answer announces its full length itself.
        headers = list(response.headers)
        if not any(name.lower() == "content-length" for name, _ in headers):
            headers.append(("Content-Length", str(len(response.body))))
        start_response(f"{response.status} {HTTP_STATUS_CODES.get(response.status, 'Unknown')}", headers)
        return [response.body]

    def _steer(self, environ: Dict[str, Any], body: bytes) -> Response:
        method = environ["REQUEST_METHOD"]
        try:
            given = parse_body(body) if method == "POST" else dict(parse_qsl(environ.get("QUERY_STRING", "")))
        except BadRequest as wrong:
            return _plain(400, {"ok": False, "error": str(wrong)})
        return _plain(*self.control.serve(method, environ["PATH_INFO"], given))

    def _serve(self, environ: Dict[str, Any], body: bytes) -> Response:
        call = wire.recognise(environ, body)
        if call is None:
            message = f"not a signed request for an AWS operation: {environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            self._say(message)
            return _plain(501, {"__type": "NotReviewed", "message": message})
        self.control.count(call)
        self.control.fire_triggers(call)
        if not self.control.permits(call):
            response = denied(call, "because no identity-based policy allows the {action} action")
        else:
            fault = self.control.take_fault(call)
            response = self._faulty(fault, call, environ) if fault else self._answer(call, environ)
        if self._verbose:
            self._say(f"{call.place.account} {call.place.region} {call.key} {response.status}")
        return response

    def _answer(self, call: Call, environ: Dict[str, Any]) -> Response:
        try:
            if call.key in OURS:
                return wire.answer(call, OURS[call.key](call))
            if call.key in REVIEWED:
                return self._from_moto(call, environ)
        except AwsError as error:
            return wire.error(call, error.code, error.message, error.status)
        except Exception as failure:
            traceback.print_exc()
            return wire.error(call, "SandboxFailure", f"{call.key}: {failure}", 501)
        message = f"{call.key} is neither supplied by this sandbox nor reviewed in moto"
        self._say(message)
        return wire.error(call, "NotReviewed", message, 501)

    def _from_moto(self, call: Call, environ: Dict[str, Any]) -> Response:
        body = call.body
        # Account and region come from the credential alone; moto would also look into the user agent.
        environ = {**environ, "HTTP_X_MOTO_ACCOUNT_ID": call.place.account, "HTTP_USER_AGENT": "sandbox"}
        if call.protocol == CBOR:
            body = json.dumps(wire.from_cbor(call.params)).encode()
            environ.update(
                PATH_INFO="/",
                RAW_URI="/",
                REQUEST_URI="/",
                CONTENT_TYPE="application/x-amz-json-1.0",
                HTTP_X_AMZ_TARGET=f"{call.target}.{call.operation}",
            )
        environ.update({"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})
        chunks, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        answer, code = b"".join(chunks), int(status.split()[0])
        if answer.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
            raise RuntimeError(f"moto answered {status} with a page")
        if code < 300 and call.key in gaps.AFTERWARDS:
            gaps.AFTERWARDS[call.key](call)
        if call.protocol == CBOR:
            return _as_cbor(call, code, json.loads(answer or b"{}"))
        kept = [
            (name, value) for name, value in headers if name.lower() not in ("content-length", "connection", "status")
        ]
        return Response(code, kept, answer)

    def _faulty(self, fault: Fault, call: Call, environ: Dict[str, Any]) -> Response:
        kind = fault.kind
        if kind == "denied":
            return denied(call, "because no identity-based policy allows the {action} action")
        if kind == "denied-scp":
            return denied(call, "with an explicit deny in a service control policy")
        if kind == "throttle":
            codes = {"query": "Throttling", "ec2": "RequestLimitExceeded"}
            code = codes.get(call.protocol, "ThrottlingException")
            return wire.error(call, code, "Rate exceeded", {"rest-json": 429, "ec2": 503}.get(call.protocol, 400))
        if kind == "error500":
            code = "InternalServerError" if call.service == "dynamodb" else "InternalFailure"
            return wire.error(call, code, "An internal error occurred", 500)
        if kind == "unavailable503":
            return wire.error(call, "ServiceUnavailable", "The service is temporarily unavailable", 503)
        if kind == "html":
            return Response(500, [("Content-Type", "text/html")], HTML_PAGE)
        if kind == "slow":
            time.sleep(fault.seconds)
            return self._answer(call, environ)
        answer = self._answer(call, environ)
        if kind == "malformed":
            return Response(200, answer.headers, b"\xff{not for this protocol")
        length = ("Content-Length", str(len(answer.body)))
        return Response(answer.status, answer.headers + [length], answer.body[: len(answer.body) // 2])

    @staticmethod
    def _say(message: str) -> None:
        print(f"sandbox: {message}", file=sys.stderr, flush=True)


def _plain(status: int, body: Dict[str, Any]) -> Response:
    return Response(status, [("Content-Type", "application/json")], json.dumps(body).encode())


def _as_cbor(call: Call, status: int, decoded: Dict[str, Any]) -> Response:
    if status >= 300:
        code = str(decoded.get("__type", "InternalFailure")).rsplit("#", 1)[-1]
        return wire.error(call, code, decoded.get("message") or decoded.get("Message") or "", status)
    shape = get_service_model(call.service).operation_model(call.operation).output_shape
    return wire.answer_cbor(wire.to_cbor(shape, decoded) if shape is not None else {})


def denied(call: Call, because: str) -> Response:
    """Refused by IAM, in the words and the shape of the service."""
    place = call.place
    resource = "*"
    table: Optional[str] = call.params.get("TableName") or call.params.get("ResourceArn")
    if call.service == "dynamodb":
        resource = table if table and table.startswith("arn:") else place.arn("dynamodb", f"table/{table or '*'}")
    elif call.params.get("TopicArn"):
        resource = call.params["TopicArn"]
    action = f"SNS:{call.operation}" if call.prefix == "sns" else call.key
    message = (
        f"User: arn:{place.partition}:iam::{place.account}:user/dynalint is not authorized to perform: {action} "
        f"on resource: {resource} {because.format(action=action)}"
    )
    if call.protocol == "query":
        return wire.error(call, "AccessDenied", message, 403)
    if call.protocol == "ec2":
        return wire.error(call, "UnauthorizedOperation", f"You are not authorized to perform this operation. {message}", 403)
    return wire.error(call, "AccessDeniedException", message, 403 if call.protocol == "rest-json" else 400)
