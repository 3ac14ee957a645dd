"""Writes the templates for an emulator of CloudFormation: `for_emulator.py CODE OUT [VALUES]`.

CODE has a folder with a bootstrap for each function. OUT receives template.json and its nested templates, for the local
stage. No resource is left out. Emulators do not expand nested templates, so LanguageExtensions and SAM are applied
here. VALUES is the text of EVENS_PARAMETERS: another text publishes new versions, as changed parameters do on AWS.
"""

import json
import logging
import os
import sys
from pathlib import Path

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

EXTENSIONS, SAM = "AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"
# Parameters that determine the format of resources, so they must be known before the stack exists.
PARAMETERS = sys.argv[3] if len(sys.argv) > 3 else "as in samconfig.toml"
VALUES = {"Stage": "local", "GradualDeployment": "false", "Rollout": "AllAtOnce"}


def main() -> None:
    code, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    logging.disable(logging.CRITICAL)
    todo = [Path("template.yaml")]
    while todo:
        place = todo.pop()
        template = expanded(yaml_parse(place.read_text()), code)
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CloudFormation::Stack":
                url = resource["Properties"]["TemplateURL"]
                todo.append(place.parent / url)
                resource["Properties"]["TemplateURL"] = str(Path(url).with_suffix(".json"))
        written = (out / place).with_suffix(".json")
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(json.dumps(template, indent=1))


def expanded(template: dict, code: Path) -> dict:
    transforms = template.pop("Transform", [])
    transforms = transforms if isinstance(transforms, list) else [transforms]
    if EXTENSIONS in transforms:
        for resource in template["Resources"].values():
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                if policy in resource:
                    resource[policy] = "Delete" # as DeletionProtection sets it for the local stage
        template = without_extensions(template)
    if SAM in transforms:
        folders = {}
        for name, resource in template["Resources"].items():
            if resource["Type"] == "AWS::Serverless::Function":
                folders[name] = code / Path(resource["Properties"]["CodeUri"]).name
                # The location that an upload would set. Only its format matters.
                resource["Properties"]["CodeUri"] = f"s3://bucket/{name}"
        policies = {"AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}
        template = Translator(policies, Parser()).translate(dict(template, Transform=SAM), parameter_values=VALUES)
        for name, folder in folders.items():
            if not (folder / "bootstrap").is_file():
                sys.exit(f"{name}: there is no {folder}/bootstrap")
            template["Resources"][name]["Properties"]["Code"] = str(folder)
    template.pop("Transform", None)
    return template


def without_extensions(node):
    """Applies the extensions. The SAM CLI's own expansion keeps the text of an Fn::Sub that it cannot resolve."""
    if isinstance(node, list):
        return [without_extensions(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    if "Fn::ToJsonString" in node:
        return PARAMETERS # of EVENS_PARAMETERS, which no code reads
    unknown = [name for name in node if name.startswith(("Fn::ForEach", "Fn::Length"))]
    if unknown:
        sys.exit(f"{unknown[0]} is not known here yet")
    return {name: without_extensions(inner) for name, inner in node.items()}


main()
