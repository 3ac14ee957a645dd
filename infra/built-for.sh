#!/usr/bin/env bash
# Ties built functions to their processor, so that they cannot be deployed for another one. All functions in the folder
# must be built for the same processor. The built template gets a rule, by which CloudFormation refuses any other value
# of the parameter Architecture.
#
#   infra/built-for.sh [FOLDER]        .aws-sam/build by default; infra/build.sh calls it
set -euo pipefail
folder=${1:-.aws-sam/build}

fail() {
  echo "built-for: $*" >&2
  exit 1
}

# The field e_machine of an ELF file, in its 19th byte.
machine() {
  case $(od --address-radix=n --format=x1 --skip-bytes=18 --read-bytes=1 "$1" | tr --delete ' ') in
    b7) echo arm64 ;;
    3e) echo x86_64 ;;
    *) fail "$1 is a program neither for arm64 nor for x86_64" ;;
  esac
}

mapfile -t programs < <(find "$folder" -name bootstrap | sort)
[ "${#programs[@]}" -gt 0 ] || fail "there are no functions in $folder"
architecture=$(machine "${programs[0]}")
for program in "${programs[@]}"; do
  found=$(machine "$program")
  [ "$found" = "$architecture" ] \
    || fail "$program is for $found, and ${programs[0]} for $architecture; remove $folder and build all of them again"
done

template=$folder/template.yaml
# The template for `sam local` has no parameters.
if grep --quiet '^Rules:$' "$template"; then
  sed --in-place --expression '/^  BuiltArchitecture:$/,/^      AssertDescription: These functions /d' --expression "/^Rules:\$/a\\
  BuiltArchitecture:\\
    Assertions:\\
    - Assert: {'Fn::Equals': [{Ref: Architecture}, $architecture]}\\
      AssertDescription: These functions were built for $architecture, so Architecture must be $architecture." "$template"
fi
echo "built-for: ${#programs[@]} functions in $folder are for $architecture"
