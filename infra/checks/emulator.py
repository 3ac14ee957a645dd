"""Starts MiniStack 1.5.33 with two repairs.

When a nested stack is updated, its unchanged resources keep their attributes. Otherwise each update of a nested stack
that has a role fails, because the role's ARN is forgotten.

A concurrency limit of 0 also refuses calls by an alias or version. Otherwise the API would still call the functions of
a stopped stage.
"""

from ministack.app import main
from ministack.services import lambda_svc
from ministack.services.cloudformation import _stacks, provisioners

update_resource = provisioners._update_resource
acquire_slot = lambda_svc._acquire_execution_slot


def update(resource_type, physical_id, old, new, stack_name, logical_id=None, old_attrs=None):
    if old_attrs is None:
        stack = _stacks.get(stack_name) or {}
        old_attrs = stack.get("_resources", {}).get(logical_id, {}).get("Attributes")
    return update_resource(resource_type, physical_id, old, new, stack_name, logical_id, old_attrs)


def acquire(function, config):
    if (lambda_svc._functions.get(config.get("FunctionName")) or {}).get("concurrency") == 0:
        return None, "function"
    return acquire_slot(function, config)


provisioners._update_resource = update
lambda_svc._acquire_execution_slot = acquire
main()
