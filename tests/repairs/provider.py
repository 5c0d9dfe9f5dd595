"""Writes `provider.json`: the arguments and blocks of the resources that repairs name, from the package cdktn-provider-aws, whose
classes are made from the schema of hashicorp/aws. Run by hand, when a repair names a resource that is not listed yet or the provider
has moved on:

    pip download --no-deps cdktn-provider-aws==25.8.1
    python tests/repairs/provider.py cdktn_provider_aws-25.8.1-py3-none-any.whl RESOURCE...
"""

import ast
import json
import re
import sys
import zipfile
from pathlib import Path

# What every resource of the binding has, and no resource of the provider.
OF_THE_BINDING = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners", "region", "id"}
# Names that the binding cannot use as they are.
RENAMED = {"equal_to": "equals"}
KEPT = Path(__file__).with_name("provider.json")


def classes(source):
    """Class name -> (arguments, which of them are needed, their types) of the structs of a module."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            init = next((it for it in node.body if isinstance(it, ast.FunctionDef) and it.name == "__init__"), None)
            if init is not None:
                defaults = init.args.kw_defaults
                found[node.name] = [
                    (argument.arg, default is None, ast.unparse(argument.annotation))
                    for argument, default in zip(init.args.kwonlyargs, defaults)
                ]
    return found


def arguments(structs, name):
    found = {}
    for argument, needed, kind in structs[name]:
        if argument.startswith("_") or (name.endswith("Config") and argument in OF_THE_BINDING):
            continue
        inner = next((it for it in re.findall(r"\w+", kind) if it in structs and it != name), None)
        argument = RENAMED.get(argument, argument.rstrip("_"))
        found[argument] = {"needed": needed, **({"block": arguments(structs, inner)} if inner else {})}
    return found


def main():
    wheel, resources = zipfile.ZipFile(sys.argv[1]), sys.argv[2:]
    kept = {}
    for resource in sorted(resources):
        module = resource.removeprefix("aws_")
        source = wheel.read(f"cdktn_provider_aws/{module}/__init__.py").decode()
        version = re.search(r"hashicorp/aws/([\d.]+)/", source).group(1)
        structs = classes(source)
        of_it = re.compile(module.replace("_", "") + r"[a-z]?config$")  # such as CloudtrailAConfig
        config = next((name for name in structs if of_it.match(name.lower())), None)
        if config is None:
            sys.exit(f"{resource}: none of {', '.join(structs)}")
        kept[resource] = arguments(structs, config)
    KEPT.write_text(json.dumps({"provider": f"hashicorp/aws {version}", "resources": kept}, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
