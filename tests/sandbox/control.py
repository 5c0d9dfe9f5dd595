"""What tests tell the sandbox: faults, triggers, permissions, the call log; served as JSON under /_sandbox/.

Everything is kept by account, so tests that run side by side on accounts of their own never meet.
"""

import json
import re
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, Callable, DefaultDict, Dict, List, Optional, Tuple

import edits
import seeds
from place import Place
from wire import Call

FAULT_KINDS = {
    "denied",
    "denied-scp",
    "throttle",
    "error500",
    "unavailable503",
    "malformed",
    "truncated",
    "html",
    "slow",
}


class BadRequest(Exception):
    """The test asked for something that the control API does not have."""


@dataclass
class Fault:
    operation: str  # service prefix and operation, * allowed
    kind: str
    left: Optional[int]  # None: for ever
    resource: str
    seconds: float


@dataclass
class Trigger:
    operation: str
    resource: str
    region: Optional[str]
    edits: List[Dict[str, Any]]


def wildcard(pattern: str, text: str) -> bool:
    """IAM's wildcards, without regard to case."""
    regex = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(regex, text, re.IGNORECASE) is not None


def as_list(value: Any) -> List[Any]:
    return value if isinstance(value, list) else [value]


def allowed(policy: Dict[str, Any], action: str) -> bool:
    """Does an identity policy allow the action? Every Resource counts as *, and Condition is not read."""

    def applies(statement: Dict[str, Any]) -> bool:
        if "NotAction" in statement:
            return not any(wildcard(each, action) for each in as_list(statement["NotAction"]))
        return any(wildcard(each, action) for each in as_list(statement.get("Action", [])))

    effects = {each["Effect"] for each in as_list(policy.get("Statement", [])) if applies(each)}
    return "Allow" in effects and "Deny" not in effects


class Control:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seeding = threading.Lock()
        self._calls: DefaultDict[str, Counter] = defaultdict(Counter)
        self._faults: DefaultDict[str, List[Fault]] = defaultdict(list)
        self._triggers: DefaultDict[str, List[Trigger]] = defaultdict(list)
        self._policies: Dict[str, Dict[str, Any]] = {}

    # What the bridge asks, once for every request.

    def count(self, call: Call) -> None:
        with self._lock:
            self._calls[call.place.account][call.key] += 1

    def permits(self, call: Call) -> bool:
        policy = self._policies.get(call.place.account)
        return policy is None or call.key == "sts:GetCallerIdentity" or allowed(policy, call.key)

    def fire_triggers(self, call: Call) -> None:
        account = call.place.account
        with self._lock:
            due = [each for each in self._triggers[account] if self._matches(each, call)]
            self._triggers[account] = [each for each in self._triggers[account] if each not in due]
        for trigger in due:
            edits.apply(Place(account, trigger.region or call.place.region), trigger.edits)

    def take_fault(self, call: Call) -> Optional[Fault]:
        with self._lock:
            for fault in self._faults[call.place.account]:
                if fault.left != 0 and self._matches(fault, call):
                    if fault.left is not None:
                        fault.left -= 1
                    return fault
        return None

    @staticmethod
    def _matches(each: Any, call: Call) -> bool:
        return wildcard(each.operation, call.key) and each.resource in call.text

    # The control API.

    def seed(self, place: Place, scenario: str, options: Dict[str, Any]) -> None:
        if scenario not in seeds.SCENARIOS:
            raise BadRequest(f"no scenario {scenario!r}; there are: {', '.join(sorted(seeds.SCENARIOS))}")
        with self._seeding:
            if place.dynamodb.tables:
                raise BadRequest(f"account {place.account} already has tables in {place.region}: take a new account")
            seeds.SCENARIOS[scenario](place, options)

    def _post_seed(self, body: Dict[str, Any]) -> Dict[str, Any]:
        self.seed(Place(body["account"], body["region"]), body["scenario"], body.get("options") or {})
        return {"ok": True}

    def _post_edit(self, body: Dict[str, Any]) -> Dict[str, Any]:
        edits.apply(Place(body["account"], body["region"]), body["edits"])
        return {"ok": True}

    def _post_fault(self, body: Dict[str, Any]) -> Dict[str, Any]:
        if body["kind"] not in FAULT_KINDS:
            raise BadRequest(f"no fault {body['kind']!r}; there are: {', '.join(sorted(FAULT_KINDS))}")
        fault = Fault(
            body["operation"],
            body["kind"],
            body.get("count"),
            body.get("resource") or "",
            float(body.get("seconds") or 0),
        )
        with self._lock:
            self._faults[body["account"]].append(fault)
        return {"ok": True}

    def _delete_faults(self, query: Dict[str, Any]) -> Dict[str, Any]:
        with self._lock:
            self._faults.pop(query["account"], None)
        return {"ok": True}

    def _post_trigger(self, body: Dict[str, Any]) -> Dict[str, Any]:
        if body["action"] == "delete-table":
            wanted = [{"delete-table": body["table"]}]
        elif body["action"] == "edit":
            wanted = body["edits"]
        else:
            raise BadRequest(f"no action {body['action']!r}; there are: delete-table, edit")
        edits.check(wanted)
        with self._lock:
            self._triggers[body["account"]].append(
                Trigger(body["on"], body.get("resource") or "", body.get("region"), wanted)
            )
        return {"ok": True}

    def _post_enforce(self, body: Dict[str, Any]) -> Dict[str, Any]:
        with self._lock:
            if body["policy"] is None:
                self._policies.pop(body["account"], None)
            else:
                self._policies[body["account"]] = body["policy"]
        return {"ok": True}

    def _get_calls(self, query: Dict[str, Any]) -> Dict[str, Any]:
        with self._lock:
            return dict(sorted(self._calls[query["account"]].items()))

    def _delete_calls(self, query: Dict[str, Any]) -> Dict[str, Any]:
        with self._lock:
            self._calls.pop(query["account"], None)
        return {"ok": True}

    def serve(self, method: str, path: str, given: Dict[str, Any]) -> Tuple[int, Dict[str, Any]]:
        """Status and answer; `given` is the JSON body of a POST, else the query."""
        routes: Dict[Tuple[str, str], Callable[[Dict[str, Any]], Dict[str, Any]]] = {
            ("POST", "seed"): self._post_seed,
            ("POST", "edit"): self._post_edit,
            ("POST", "fault"): self._post_fault,
            ("DELETE", "faults"): self._delete_faults,
            ("POST", "trigger"): self._post_trigger,
            ("POST", "enforce"): self._post_enforce,
            ("GET", "calls"): self._get_calls,
            ("DELETE", "calls"): self._delete_calls,
        }
        route = routes.get((method, path.rsplit("/", 1)[-1]))
        if route is None:
            known = ", ".join(f"{verb} {name}" for verb, name in routes)
            return 404, {"ok": False, "error": f"no {method} {path}; there are: {known}"}
        try:
            return 200, route(given)
        except KeyError as missing:
            return 400, {"ok": False, "error": f"{missing} is missing, or names nothing that exists"}
        except (BadRequest, edits.NoSuchThing, TypeError, ValueError) as wrong:
            return 400, {"ok": False, "error": str(wrong)}


def parse_body(body: bytes) -> Dict[str, Any]:
    try:
        return json.loads(body or b"{}")
    except ValueError as wrong:
        raise BadRequest(f"the body is not JSON: {wrong}") from wrong
