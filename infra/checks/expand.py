"""Prints a SAM template as CloudFormation receives it: `expand.py infra/stacks/players.yaml > expanded.json`."""

import json
import logging
import os
import sys
from pathlib import Path

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

SAM = "AWS::Serverless-2016-10-31"


def main() -> None:
    template = yaml_parse(Path(sys.argv[1]).read_text())
    # An upload would set the location of the code here. Only its format matters.
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    transforms = template["Transform"] if isinstance(template["Transform"], list) else [template["Transform"]]
    transforms = [transform for transform in transforms if transform != SAM]
    # SAM needs the region and the managed policies of the account. Neither changes the references.
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    # SAM logs a missing feature configuration for each function.
    logging.getLogger("samtranslator.feature_toggle").setLevel(logging.CRITICAL)
    policies = {"AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}
    try:
        expanded = Translator(policies, Parser()).translate(template, parameter_values={})
    except InvalidDocumentException as error:
        sys.exit("\n".join([error.message, *(cause.message for cause in error.causes)]))
    if transforms:
        expanded["Transform"] = transforms
    json.dump(expanded, sys.stdout, indent=1)


main()
