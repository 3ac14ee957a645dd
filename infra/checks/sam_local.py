"""Checks that SAM finds every route and function for `sam local`: `sam_local.py FOLDER`, with the output of sam-local.sh.

It uses SAM's own route and function providers, and compares with the routes in the stacks, which a test compares with the
table of routes.
"""

import json
import re
import sys
from pathlib import Path

from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

ROW = re.compile(r'RouteKey: "?(GET|POST|PATCH) ([^",]+)"?, Target: !Sub "integrations/\$\{(\w+)Integration\}"')


def main() -> None:
    folder = Path(sys.argv[1])
    stacks, _ = SamLocalStackProvider.get_stacks(str(folder / "template.yaml"))
    found = {(method, route.path, route.function_name) for route in ApiProvider(stacks).routes for method in route.methods}
    texts = [path.read_text() for path in Path("infra/stacks").glob("*.yaml")]
    expected = {(method, path, f"{name}Function") for text in texts for method, path, name in ROW.findall(text)}
    fail_if(found != expected, f"routes differ: {sorted(found ^ expected)}")

    functions = {function.functionname: function for function in SamFunctionProvider(stacks).get_all()}
    folders = {f"evens-local-{path.name}" for path in Path("functions").iterdir() if path.is_dir()}
    fail_if(set(functions) != folders, f"functions differ: {sorted(set(functions) ^ folders)}")
    wanted = json.loads((folder / "env.json").read_text())["Parameters"]
    for name, function in functions.items():
        missing = set(wanted) - set(function.environment["Variables"])
        fail_if(missing, f"env.json cannot set {sorted(missing)} of {name}")
    print(f"sam-local: SAM finds {len(found)} routes and {len(functions)} functions, and can set {len(wanted)} variables")


def fail_if(failed, message: str) -> None:
    if failed:
        sys.exit(f"sam-local: FAILED: {message}")


main()
