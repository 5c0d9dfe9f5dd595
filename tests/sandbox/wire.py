"""The AWS wire protocols: which call is this request, and how does its answer look?

Knows json, query, ec2, rest-json and rpc-v2-cbor. All shapes come from botocore's API models; an answer that does not fit its
model is refused instead of sent.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import unquote
from uuid import uuid4
from xml.sax.saxutils import escape

import cbor2
from botocore.validate import ParamValidator
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from moto.iam.models import get_account_id_from
from werkzeug.exceptions import HTTPException

from place import Place, aware

CBOR = "rpc-v2-cbor"

CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
CBOR_PATH = re.compile(r"/service/([^/]+)/operation/([^/]+)$")
ACCOUNT_KEY = re.compile(r"AKIA(\d{12})[A-Z0-9]{4}$")

# Services whose signing name is neither the name of their API model nor their IAM prefix: (model, IAM prefix).
NAMES = {"monitoring": ("cloudwatch", "cloudwatch"), "tagging": ("resourcegroupstaggingapi", "tag")}


class AwsError(Exception):
    """An error as the service would report it."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass
class Response:
    status: int
    headers: List[Tuple[str, str]]
    body: bytes


@dataclass
class Call:
    """One request, understood."""

    place: Place
    access_key: str
    service: str  # name of the API model
    prefix: str  # IAM prefix, also used in the call log
    operation: str
    protocol: str  # json, query, ec2, rest-json or rpc-v2-cbor
    target: str  # prefix of X-Amz-Target or name of the service in a CBOR path
    params: Dict[str, Any]
    text: str  # decoded path and readable body, for faults that name a resource
    body: bytes

    @property
    def key(self) -> str:
        return f"{self.prefix}:{self.operation}"

    @property
    def model(self) -> Any:
        return get_service_model(self.service).operation_model(self.operation)


def account_of(access_key: str) -> str:
    """AKIA + twelve digits + four characters names the account; other keys are moto's (assumed roles, users)."""
    named = ACCOUNT_KEY.match(access_key)
    return named.group(1) if named else get_account_id_from(access_key)


def recognise(environ: Dict[str, Any], body: bytes) -> Optional[Call]:
    """The call in a request, or None if it is not a signed AWS request that names an operation."""
    credential = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not credential:
        return None
    access_key, region, signing_name = credential.groups()
    service, prefix = NAMES.get(signing_name, (signing_name, signing_name))
    path = environ.get("RAW_URI") or environ["PATH_INFO"]
    target = ""
    params: Dict[str, Any] = {}
    readable = body.decode("utf-8", "replace")

    cbor_path = CBOR_PATH.search(environ["PATH_INFO"])
    if cbor_path and environ.get("HTTP_SMITHY_PROTOCOL") == CBOR:
        protocol = CBOR
        target, operation = cbor_path.groups()
        params = cbor2.loads(body) if body else {}
        readable = json.dumps(params, default=str)
    elif "HTTP_X_AMZ_TARGET" in environ:
        protocol = "json"
        target, operation = environ["HTTP_X_AMZ_TARGET"].rsplit(".", 1)
        params = json.loads(body) if body else {}
    else:
        request = Request({**environ, "wsgi.input": BytesIO(body)})
        operation = request.values.get("Action", "")
        labels: Dict[str, Any] = {}
        if operation:
            protocol = "ec2" if service == "ec2" else "query"
        else:
            protocol = "rest-json"
            try:
                model, labels = get_service_router(service).match(request)
            except (HTTPException, NotImplementedError):
                return None
            operation = model.name
        try:
            params = _parse(service, operation, protocol, request, labels)
        except Exception:  # an operation that the model does not know: the caller says so
            params = {}

    return Call(
        place=Place(account_of(access_key), region),
        access_key=access_key,
        service=service,
        prefix=prefix,
        operation=operation,
        protocol=protocol,
        target=target,
        params=params,
        text=f"{unquote(path)}\n{unquote(readable)}",
        body=body,
    )


def _parse(service: str, operation: str, protocol: str, request: Request, labels: Dict[str, Any]) -> Dict[str, Any]:
    model = get_service_model(service).operation_model(operation)
    return PROTOCOL_PARSERS[protocol](model).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": labels,
        }
    )


def answer(call: Call, result: Dict[str, Any]) -> Response:
    """A successful answer in the caller's protocol."""
    shape = call.model.output_shape
    if shape is not None:
        # Ranges are not held against an answer: AWS itself answers NumberOfDecreasesToday 0 where its model says 1 or more.
        report = ParamValidator().validate(result, shape).generate_report()
        wrong = [line for line in report.splitlines() if "valid min " not in line]
        if wrong:
            raise ValueError(f"our answer to {call.key} does not fit the API model: {'; '.join(wrong)}")
    if call.protocol == CBOR:
        return answer_cbor(to_cbor(shape, result) if shape is not None else {})
    serializer = get_serializer_class(call.service, call.protocol)(call.model)
    serialized = serializer.serialize(result)
    body = serialized["body"]
    headers = [(name, str(value)) for name, value in serialized["headers"].items()]
    return Response(
        serialized["status_code"],
        headers + [("x-amzn-RequestId", str(uuid4()))],
        body.encode() if isinstance(body, str) else body,
    )


def error(call: Call, code: str, message: str, status: int = 400) -> Response:
    """An error in the caller's protocol."""
    request_id = ("x-amzn-RequestId", str(uuid4()))
    if call.protocol == CBOR:
        return answer_cbor({"__type": code, "message": message}, status)
    if call.protocol == "query":
        kind = "Sender" if status < 500 else "Receiver"
        body = (
            f"<ErrorResponse><Error><Type>{kind}</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
            f"</Error><RequestId>{request_id[1]}</RequestId></ErrorResponse>"
        )
        return Response(status, [("Content-Type", "text/xml"), request_id], body.encode())
    if call.protocol == "ec2":
        body = (
            f"<Response><Errors><Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error></Errors>"
            f"<RequestID>{request_id[1]}</RequestID></Response>"
        )
        return Response(status, [("Content-Type", "text/xml"), request_id], body.encode())
    if call.protocol == "rest-json":
        headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", code), request_id]
        return Response(status, headers, json.dumps({"message": message}).encode())
    body = json.dumps({"__type": code, "message": message})
    return Response(status, [("Content-Type", "application/x-amz-json-1.0"), request_id], body.encode())


def answer_cbor(value: Any, status: int = 200) -> Response:
    headers = [
        ("Content-Type", "application/cbor"),
        ("smithy-protocol", CBOR),
        ("x-amzn-RequestId", str(uuid4())),
    ]
    return Response(status, headers, cbor2.dumps(value))


def to_cbor(shape: Any, value: Any) -> Any:
    """A value as the CBOR encoder must see it: timestamps under tag 1, numbers as their shape says."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        return {
            name: to_cbor(members[name], item) for name, item in value.items() if name in members and item is not None
        }
    if kind == "list":
        return [to_cbor(shape.member, item) for item in value]
    if kind == "map":
        return {name: to_cbor(shape.value, item) for name, item in value.items()}
    if kind == "timestamp":
        return cbor2.CBORTag(1, _epoch(value))
    if kind in ("double", "float"):
        return float(value)
    if kind in ("integer", "long"):
        return int(value)
    if kind == "blob" and isinstance(value, str):
        return base64.b64decode(value)
    return value


def from_cbor(value: Any) -> Any:
    """Decoded CBOR as JSON has it, for moto: times as epoch seconds, bytes as base64."""
    if isinstance(value, dict):
        return {name: from_cbor(item) for name, item in value.items()}
    if isinstance(value, list):
        return [from_cbor(item) for item in value]
    if isinstance(value, datetime):
        return _epoch(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _epoch(value: Any) -> float:
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return float(value) if isinstance(value, (int, float)) else aware(value).timestamp()
