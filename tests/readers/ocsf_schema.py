"""Prints the JSON Schema of a Compliance Finding, made from the schema of the framework that the package ships.

Arguments: the version of the framework, then the profiles of the event.
"""

import json
import sys

from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

version, *profiles = sys.argv[1:]
schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version))
print(json.dumps(schema.get_class_schema("compliance_finding", profiles)))
