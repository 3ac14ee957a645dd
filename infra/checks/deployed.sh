#!/usr/bin/env bash
# Deploys Evens from scratch with `sam deploy` to an AWS emulator, including functions, and tests it over HTTP: sign-up,
# bets until they are settled, refunds, rounds, a deposit, withdrawals and a cashier, bad input, dead letters, and
# `evens verify` at the end. Then rehearsed.py runs the commands of runbooks: a changed parameter, jobs sent again, a
# restore with deposits on their way, a failed first deployment. At the end it deletes the stack. It prints the steps
# that it skipped, with reasons.
#
# The functions are their own binaries from the debug build without debugging information, so that tests and this check
# share one build. EVENS_FUNCTIONS=arm64 builds them for their processor on AWS and runs them with qemu. It needs
# cargo-zigbuild (which cargo-lambda uses), the rustup target aarch64-unknown-linux-gnu, and Debian's qemu-user-static
# and libc6-arm64-cross. It also needs a second build, so CI does not use it.
#
# The emulator is MiniStack, started here. If AWS_ENDPOINT_URL is set, it is LocalStack at that address, and
# EVENS_ENDPOINT is its address for functions. LocalStack's functions may not reach this machine, so there is no payment
# provider then, and no deposits or withdrawals. The check needs x86-64, Rust and Python 3.10 or newer. The packages of
# requirements-*.txt are fetched into target/ once. If something is missing, the check reports it and succeeds, or fails
# with --required.
set -euo pipefail
cd "$(dirname "$0")/../.."
source infra/checks/python.sh deployed "${1:-}"

[ "$(uname -m)" = x86_64 ] || skip "the emulator runs functions on this machine, and this is no x86-64 ($(uname -m))"
venv sam infra/checks/requirements-sam.txt
venv aws infra/checks/requirements-aws.txt

work=$target/deployed
rm -rf "$work"
mkdir -p "$work/functions"
emulator="" provider=""
stop() {
  for started in $provider $emulator; do
    kill "$started" 2>/dev/null || true
    wait "$started" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap stop EXIT

export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export SAM_CLI_TELEMETRY=0 EVENS_STAGE=local EVENS_DATA=$work/data
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL_DYNAMODB AWS_ENDPOINT_URL_SQS EVENS_TABLE
if [ -z "${AWS_ENDPOINT_URL:-}" ]; then
  venv emulator infra/checks/requirements-emulator.txt
  port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  # In its own folder, because it unpacks the functions into the folder for temporary files.
  mkdir "$work/tmp"
  GATEWAY_PORT=$port BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 TMPDIR=$PWD/$work/tmp \
    "$venvs/emulator/bin/python" infra/checks/emulator.py > "$work/emulator.log" 2>&1 &
  emulator=$!
  export AWS_ENDPOINT_URL=http://127.0.0.1:$port
  for _ in $(seq 120); do grep -q "Running on" "$work/emulator.log" && break; sleep 0.25; done
  grep -q "Running on" "$work/emulator.log" || { cat "$work/emulator.log" >&2; exit 1; }
  echo "deployed: MiniStack runs on $AWS_ENDPOINT_URL"
fi

functions=$(find functions -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)
# With the features of the whole workspace, so that they share their dependencies with the tests.
# shellcheck disable=SC2046 # one argument for each function
cargo build --quiet --workspace --features lambda $(printf -- '--bin evens-%s ' $functions)
cargo build --quiet --workspace --bin evens
architecture=${EVENS_FUNCTIONS:-x86_64}
arm=aarch64-unknown-linux-gnu
if [ "$architecture" = arm64 ]; then
  # shellcheck disable=SC2046 # one argument for each function
  CARGO_PROFILE_DEV_STRIP=true cargo zigbuild --quiet --bins --features lambda --target "$arm" $(printf -- '-p evens-%s ' $functions)
fi
for function in $functions; do
  folder=$work/functions/$function
  mkdir "$folder"
  if [ "$architecture" = arm64 ]; then
    cp "$target/$arm/debug/evens-$function" "$folder/function"
    printf '#!/bin/sh\nexec qemu-aarch64-static -L /usr/aarch64-linux-gnu "${0%%/*}/function"\n' > "$folder/bootstrap"
    chmod +x "$folder/bootstrap"
  else
    strip -o "$folder/bootstrap" "$target/debug/evens-$function"
  fi
done
echo "deployed: $(wc -w <<< "$functions") functions are built for $architecture"

cat > "$work/templates.sh" <<END
#!/usr/bin/env bash
exec "$venvs/sam/bin/python" infra/checks/for_emulator.py "$work/functions" "\$@"
END
chmod +x "$work/templates.sh"
"$work/templates.sh" "$work/templates"

# The same steps as in docs/deploy.md for every stage.
umask 077
"$target/debug/evens" key generate --kid key-1 2> "$work/public-key" | cut -d= -f2- > "$work/signing-key"
"$target/debug/evens" key generate --payees --kid payees-1 2> "$work/advice" | cut -d= -f2- > "$work/payee-keys"
# The sandbox payment provider runs in a separate process with its own table, which gets no other requests.
with_provider="" secrets=(token-signing-key:signing-key payee-keys:payee-keys)
if [ -n "$emulator" ]; then
  EVENS_ENGINES=embedded "$target/debug/evens" serve --listen 127.0.0.1:0 --data "$work/provider" > "$work/provider.log" 2>&1 &
  provider=$!
  for _ in $(seq 120); do grep -qs '"sandbox":{' "$work/provider/engines.json" && break; sleep 0.25; done
  with_provider=$work/payment-provider
  "$venvs/sam/bin/python" -c 'import json, sys; json.dump(json.load(open(sys.argv[1]))["sandbox"], sys.stdout)' \
    "$work/provider/engines.json" > "$with_provider" || { cat "$work/provider.log" >&2; exit 1; }
  secrets+=(payment-provider:payment-provider)
fi
"$venvs/sam/bin/python" - "$work" "${secrets[@]}" <<'END'
import boto3, pathlib, sys
for secret in sys.argv[2:]:
    name, file = secret.split(":")
    text = (pathlib.Path(sys.argv[1]) / file).read_text()
    boto3.client("secretsmanager").create_secret(Name=f"evens/local/{name}", SecretString=text)
END
public=$(grep -o 'key-1:[A-Za-z0-9+/=]*' "$work/public-key" | tail -n 1)

cat > "$work/deploy.sh" <<END
#!/usr/bin/env bash
# deploy.sh TEMPLATES [NAME=VALUE...]
exec "$venvs/sam/bin/sam" deploy --config-file "$PWD/samconfig.toml" --config-env localstack --no-progressbar \\
  --template-file "\$1/template.json" --parameter-overrides Stage=local 'CorsOrigins=*' LogRetentionDays=1 \\
  DeletionProtection=false PointInTimeRecovery=false KmsEncryption=false "Architecture=$architecture" \\
  "Endpoint=${EVENS_ENDPOINT:-$AWS_ENDPOINT_URL}" "TokenPublicKeys=$public" \\
  ${with_provider:+PaymentProviderSecret=payment-provider Holds=from=60} "\${@:2}"
END
chmod +x "$work/deploy.sh"
"$work/deploy.sh" "$work/templates" > "$work/deploy.log" 2>&1 || { cat "$work/deploy.log" >&2; exit 1; }
echo "deployed: $(tail -n 2 "$work/deploy.log" | xargs)"

mkdir "$work/bin"
ln -s "$(realpath "$target/debug/evens")" "$work/bin/evens"
# Version 1 of the AWS CLI ignores AWS_ENDPOINT_URL for SQS.
cat > "$work/bin/aws" <<END
#!/usr/bin/env bash
exec "$(realpath "$venvs/aws/bin/aws")" --endpoint-url "\$AWS_ENDPOINT_URL" "\$@"
END
chmod +x "$work/bin/aws"
export WORK=$work
for check in deployed rehearsed; do
  "$venvs/sam/bin/python" "infra/checks/$check.py" "$work/templates" "$target/debug/evens" $with_provider || {
    [ -z "$emulator" ] || tail -n 50 "$work/emulator.log" >&2
    exit 1
  }
done
