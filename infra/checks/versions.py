"""Checks which changes of a template publish a version of a function: `versions.py infra/stacks/*.yaml`.

SAM publishes a version if the hash of some properties has changed, and Lambda refuses to publish a version that is equal
to the previous one. So a property that is not part of a version must not change the hash. Otherwise its change fails
the whole deployment.
"""

import copy
import json
import logging
import os
import sys
from pathlib import Path

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

FUNCTION, SAM = "AWS::Serverless::Function", "AWS::Serverless-2016-10-31"


def main() -> None:
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    logging.disable(logging.CRITICAL)
    wrong, count = [], 0
    for path in sys.argv[1:]:
        template = yaml_parse(Path(path).read_text())
        if SAM in template.get("Transform", []):
            before = versions(template)
            count += len(before)
            for change, is_published in CHANGES.items():
                after = versions(change(copy.deepcopy(template)))
                for function, version in before.items():
                    if (version != after[function]) != is_published:
                        rule = "publishes no" if is_published else "publishes a"
                        wrong.append(f"{path}: {change.__doc__} {rule} version of {function}")
    if wrong or not count:
        sys.exit("\n".join(wrong) or "no function was found")
    print(f"versions: {len(CHANGES)} changes publish the versions that they should, of {count} functions")


def other_concurrency(template: dict) -> dict:
    """another concurrency"""
    for mapping in template.get("Mappings", {}).values():
        for values in mapping.values():
            values.update({name: value + 1 for name, value in values.items()})
    for function in functions(template):
        if isinstance(function.get("ReservedConcurrentExecutions"), int):
            function["ReservedConcurrentExecutions"] += 1
    return template


def other_alarms(template: dict) -> dict:
    """another alarm that rolls back"""
    for function in functions(template):
        function.setdefault("DeploymentPreference", {})["Alarms"] = ["other"]
    return template


def other_parameters(template: dict) -> dict:
    """another value of a parameter"""
    template["Parameters"] = {name: dict(of, Default="other") for name, of in template["Parameters"].items()}
    return template


def other_timeout(template: dict) -> dict:
    """another timeout, with EVENS_PARAMETERS as it says,"""
    for function in with_globals(template):
        if "Timeout" in function:
            function["Timeout"] += 1
    for function in functions(template):
        stated = function["Environment"]["Variables"]["EVENS_PARAMETERS"]["Fn::ToJsonString"]
        stated[1:] = [seconds + 1 for seconds in stated[1:]]
    return template


def other_memory(template: dict) -> dict:
    """another memory size"""
    for function in with_globals(template):
        if "MemorySize" in function:
            function["MemorySize"] += 1
    return template


CHANGES = {other_concurrency: False, other_alarms: False, other_parameters: True, other_timeout: True, other_memory: True}


def functions(template: dict) -> list[dict]:
    return [found["Properties"] for found in template["Resources"].values() if found["Type"] == FUNCTION]


def with_globals(template: dict) -> list[dict]:
    return [template.get("Globals", {}).get("Function", {}), *functions(template)]


def versions(template: dict) -> dict[str, str]:
    """The logical id of each function's version, by the id of the function."""
    template = copy.deepcopy(template)
    values = {name: of.get("Default", f"{name} of prod") for name, of in template["Parameters"].items()} | {"Stage": "prod"}
    template["Resources"] = {name: extended(of, template, values) for name, of in template["Resources"].items()}
    for function in functions(template):
        function["CodeUri"] = "s3://bucket/key"  # An upload would set it here. It is the same in all expansions.
    template["Transform"] = SAM
    policies = {"AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}
    expanded = Translator(policies, Parser()).translate(template, parameter_values={})
    found = expanded["Resources"].items()
    return {of["Properties"]["FunctionName"]["Ref"]: name for name, of in found if of["Type"] == "AWS::Lambda::Version"}


def extended(node, template: dict, values: dict):
    """Applies LanguageExtensions as CloudFormation does before SAM: it resolves Fn::ToJsonString and Fn::FindInMap."""
    if isinstance(node, list):
        return [extended(inner, template, values) for inner in node]
    if not isinstance(node, dict):
        return node
    if "Fn::ToJsonString" in node:
        parts = [values[part["Ref"]] if isinstance(part, dict) else part for part in node["Fn::ToJsonString"]]
        return json.dumps(parts)
    if "Fn::FindInMap" in node:
        mapping, of, name = node["Fn::FindInMap"]
        rows = template["Mappings"][mapping]
        # Any row serves for a comparison if the parent stack gives its name.
        return rows.get(values[of["Ref"]], next(iter(rows.values())))[name]
    return {name: extended(inner, template, values) for name, inner in node.items()}


if __name__ == "__main__":
    main()
