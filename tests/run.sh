#!/usr/bin/env bash
# The one test command: installs what the tests need, builds once, runs every test project, and ends with one line of sums.
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DEBIAN_FRONTEND=noninteractive
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

missing() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || echo postgresql
  [ -x /usr/bin/chromium ] || echo chromium
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
  [ -x /usr/sbin/slapd ] || echo slapd
  command -v ldapmodify >/dev/null || echo ldap-utils
  [ -x /usr/sbin/samba ] || printf '%s\n' samba samba-ad-dc samba-ad-provision winbind
  command -v promtool >/dev/null || echo prometheus
  [ -x /usr/bin/bwrap ] || echo bubblewrap
  command -v setsid >/dev/null || echo util-linux
}

# The package brings up a server of its own unless told not to: the tests start theirs.
fetch() {
  local as_root=() policy=/usr/sbin/policy-rc.d created=
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 755 /dev/stdin "$policy"
    created=1
  fi
  local status=0
  { "${as_root[@]}" apt-get -qq update && "${as_root[@]}" apt-get -qq install -y --no-install-recommends "$@"; } >"$results/apt.log" 2>&1 || status=$?
  [ -z "$created" ] || "${as_root[@]}" rm -f "$policy"
  return "$status"
}

mapfile -t packages < <(missing)
if [ "${#packages[@]}" -gt 0 ]; then
  echo "Installing ${packages[*]}"
  fetch "${packages[@]}" || { sleep 5; fetch "${packages[@]}"; } || { cat "$results/apt.log"; echo "Could not install ${packages[*]}."; exit 1; }
fi

dotnet build KubeIdP.sln -c Release -v quiet -clp:NoSummary

# The summary of the runner: "total: 3", "failed: 0", "succeeded: 3", "skipped: 0".
count() { sed -nE "s/^ *$1: ([0-9]+).*/\1/p" "$results/$2" | tail -n 1; }

passed=0 failed=0 skipped=0 broken=0
for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  status=0
  dotnet test --project "$project" -c Release --no-build --no-progress >"$results/$name" 2>&1 || status=$?

  total=$(count total "$name")
  if [ "$status" != 0 ] || [ "${total:-0}" = 0 ]; then
    cat "$results/$name"
    broken=$((broken + 1))
  fi
  passed=$((passed + $(count succeeded "$name") + 0)) failed=$((failed + $(count failed "$name") + 0)) skipped=$((skipped + $(count skipped "$name") + 0))
done

# A project that crashed or ran no test has no failed test to count.
[ "$broken" = 0 ] || [ "$failed" != 0 ] || failed=$broken

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
