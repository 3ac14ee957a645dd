#!/usr/bin/env bash
# Installs Evens on this machine: user, folders, program, unit and environment, with Caddy and a certificate in front.
# The script can be repeated: an operator's changes in /etc/evens are kept. For Debian 12 or newer, run as root.
#
#   infra/box/install.sh --binary target/box/evens --caddy target/box/caddy --domain api.example.com \
#     --stage prod --token-public-keys key-1:... --token-signing-key-secret evens/prod/token-signing-key \
#     --payee-keys-secret evens/prod/payee-keys [--console-domain NAME] [--engines aws|embedded] [--settings FILE]
#
# --console-domain is the name of the console of staff, console.DOMAIN by default. Both names lead to this machine.
# --caddy is the program built by infra/build-caddy.sh. Any other is refused.
# --settings is a file of lines such as REG_BONUS=10.00, which replace those in evens.env beside this script.
# Without Secrets Manager, --token-signing-key is the file written by `evens key generate`, and --payee-keys the one of
# `evens key generate --payees`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"
# shellcheck source=infra/box/versions.sh
. "$here/versions.sh"

binary="" caddy="" domain="" console_domain="" stage="" engines=aws token_public_keys="" token_signing_key_secret="" key_file="" settings=/dev/null
payee_keys_secret="" payee_keys_file=""
while [ $# -gt 0 ]; do
  case $1 in
    --binary) binary=$2 ;;
    --caddy) caddy=$2 ;;
    --domain) domain=$2 ;;
    --console-domain) console_domain=$2 ;;
    --stage) stage=$2 ;;
    --engines) engines=$2 ;;
    --token-public-keys) token_public_keys=$2 ;;
    --token-signing-key-secret) token_signing_key_secret=$2 ;;
    --token-signing-key) key_file=$2 ;;
    --payee-keys-secret) payee_keys_secret=$2 ;;
    --payee-keys) payee_keys_file=$2 ;;
    --settings) settings=$2 ;;
    *) fail "unknown option $1" ;;
  esac
  shift 2
done
require_root
[ -x "$binary" ] || fail "--binary names no program: $binary"
[ -f "$caddy" ] || fail "--caddy names no program: $caddy"
echo "$caddy_sha256  $caddy" | sha256sum --check --status \
  || fail "$caddy is not the Caddy $caddy_version of versions.sh"
[ -n "$domain" ] || fail "--domain is missing: the name that clients use"
console_domain=${console_domain:-console.$domain}
[ "$console_domain" != "$domain" ] || fail "--console-domain is the name that players use: the console needs its own"
case $stage in local | dev | staging | prod) ;; *) fail "--stage is local, dev, staging or prod" ;; esac
case $engines in aws | embedded) ;; *) fail "--engines is aws or embedded" ;; esac
[ -z "$key_file" ] || grep --quiet '^EVENS_TOKEN_SIGNING_KEY=.' "$key_file" || fail "--token-signing-key names no key: $key_file"
[ -z "$payee_keys_file" ] || grep --quiet '^EVENS_PAYEE_KEYS=.' "$payee_keys_file" || fail "--payee-keys names no keys: $payee_keys_file"

declare -A said=()
while IFS= read -r line || [ -n "$line" ]; do
  name=${line%%=*}
  grep --quiet "^#\?$name=" "$here/evens.env" || fail "--settings: $name is not in evens.env"
  said[$name]=$line
done < "$settings"
# Each line, or its replacement. Done in the shell itself, because the arguments of a program are visible to all users.
with_settings() {
  local line
  while IFS= read -r line; do
    if [[ $line =~ ^#?([A-Z0-9_]+)= ]]; then line=${said[${BASH_REMATCH[1]}]:-$line}; fi
    printf '%s\n' "$line"
  done
}

command -v curl > /dev/null \
  || DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ca-certificates curl

add_user() {
  id "$1" > /dev/null 2>&1 \
    || useradd --system --user-group --home-dir "$2" --no-create-home --shell /usr/sbin/nologin "$1"
}
add_user evens "$state"
add_user caddy /var/lib/caddy
install -d -m 755 /opt/evens "$releases"
install -d -m 750 -o root -g evens "$configuration"
install -d -m 700 -o evens -g evens "$state"
install -d -m 700 "$backups"

release=$(add_release "$binary" "$here")
use_release "$release"
ln -sfn "$current/box/evens.sh" /usr/local/bin/evens

if [ ! -e "$environment" ]; then
  (umask 077 && : > "$environment.new")
  sed -e "s|@ENGINES@|$engines|" -e "s|@STAGE@|$stage|" -e "s|@TOKEN_PUBLIC_KEYS@|$token_public_keys|" \
    -e "s|@TOKEN_SIGNING_KEY_SECRET@|$token_signing_key_secret|" -e "s|@PAYEE_KEYS_SECRET@|$payee_keys_secret|" \
    "$here/evens.env" | with_settings > "$environment.new"
  key=$(sed -n 's/^EVENS_TOKEN_SIGNING_KEY=//p' "${key_file:-/dev/null}")
  payee_keys=$(sed -n 's/^EVENS_PAYEE_KEYS=//p' "${payee_keys_file:-/dev/null}")
  printf 'EVENS_TOKEN_SIGNING_KEY=%s\nEVENS_PAYEE_KEYS=%s\n' "$key" "$payee_keys" >> "$environment.new"
  chown root:evens "$environment.new"
  chmod 640 "$environment.new"
  mv "$environment.new" "$environment"
fi
printf 'EVENS_DOMAIN=%s\nEVENS_CONSOLE_DOMAIN=%s\n' "$domain" "$console_domain" > "$configuration/proxy.env"

install -m 644 "$here/evens.service" "$here/evens-backup.service" "$here/evens-backup.timer" \
  "$here/evens-watch.service" "$here/evens-watch.timer" /etc/systemd/system/
# Copied beside the running program, and then renamed atomically.
install -m 755 "$caddy" /opt/evens/caddy.new
mv /opt/evens/caddy.new /opt/evens/caddy
install -m 644 "$here/caddy.service" /etc/systemd/system/
# An earlier version of this script created this file beside the unit of Debian's package.
rm -f /etc/systemd/system/caddy.service.d/evens.conf
install -d -m 755 /etc/caddy
install -m 644 "$here/Caddyfile" /etc/caddy/Caddyfile
# Unread answers wait in the kernel: by default up to 4 MB for each connection of Caddy, also for minutes after Caddy
# has given up the client. Evens sets its own, smaller maximum.
printf 'net.ipv4.tcp_wmem = 4096 16384 262144\n' > /etc/sysctl.d/60-evens.conf
systemctl restart systemd-sysctl.service
# Only with one of these units does time-sync.target wait for the clock. It waits for two minutes at most, because
# players wait, too.
for unit in systemd-time-wait-sync.service chrony-wait.service; do
  systemctl cat "$unit" > /dev/null 2>&1 || continue
  install -d -m 755 "/etc/systemd/system/$unit.d"
  printf '[Service]\nTimeoutStartSec=2min\n' > "/etc/systemd/system/$unit.d/evens.conf"
  systemctl enable --quiet "$unit"
done
if [ ! -e "$configuration/watch.env" ]; then
  (umask 077 && printf '%s\n' '# Alarms are posted here as JSON with a text, as chat and paging services take them. The address may be a secret.' \
    'ALARM_URL=' > "$configuration/watch.env")
fi
systemctl daemon-reload
systemctl enable --quiet evens.service caddy.service
systemctl restart evens.service || fail "evens does not start: journalctl -u evens"
await_health || fail "evens serves, but table or queues do not answer: journalctl -u evens"
systemctl restart caddy.service || fail "Caddy does not start: journalctl -u caddy"
if [ "$(configured EVENS_ENGINES)" = embedded ]; then
  systemctl enable --quiet --now evens-backup.timer
  # Makes the first backup now instead of at the next full hour.
  systemctl start --no-block evens-backup.service
else
  # The machine has no table, and DynamoDB can be restored to a point in time.
  systemctl disable --quiet --now evens-backup.timer
fi
# Earlier versions of this script installed no console, and an operator's settings are kept.
[ "$(configured EVENS_CONSOLE_LISTEN)" = 127.0.0.1:8081 ] \
  || say "https://$console_domain has no console yet: write EVENS_CONSOLE_LISTEN=127.0.0.1:8081 into $environment, and restart evens"
systemctl enable --quiet --now evens-watch.timer
say "$("$current/evens" --version) serves https://$domain, and the console on https://$console_domain, $(configured EVENS_ENGINES) engines, stage $(configured EVENS_STAGE)"
