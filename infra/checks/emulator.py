"""Starts MiniStack with one repair: when a nested stack is updated, its unchanged resources keep their attributes.

Without it, MiniStack 1.5.33 fails each update of a nested stack that has a role, because the role's ARN is forgotten.
"""

from ministack.app import main
from ministack.services.cloudformation import _stacks, provisioners

update_resource = provisioners._update_resource


def update(resource_type, physical_id, old, new, stack_name, logical_id=None, old_attrs=None):
    if old_attrs is None:
        stack = _stacks.get(stack_name) or {}
        old_attrs = stack.get("_resources", {}).get(logical_id, {}).get("Attributes")
    return update_resource(resource_type, physical_id, old, new, stack_name, logical_id, old_attrs)


provisioners._update_resource = update
main()
