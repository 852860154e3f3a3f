#!/usr/bin/env bash
# Makes what people install: the program kubeidp for each system, and the packages for `dotnet tool install`.
#
#   deploy/kubeidp/publish.sh FOLDER [PART...]
#
# FOLDER gets one archive for each system (kubeidp-VERSION-SYSTEM.tar.gz, also for Windows, which has tar), SHA256SUMS, and the packages in
# FOLDER/tool. What of the same name lies there is replaced. PART is a system or `tool`; without one, everything is made:
#
#   linux-x64     a native program, compiled ahead; needs gcc and zlib1g-dev here, and nothing where it runs
#   linux-arm64   one file with the runtime in it, as for the next three: they can't be compiled ahead on this system
#   osx-x64
#   osx-arm64
#   win-x64
#   tool          KubeIdP.Cli for dotnet: native on linux-x64, for the installed runtime elsewhere; needs what linux-x64 needs
#
# Made on Linux with x64. NUGET_PACKAGES and the other variables of dotnet apply. Exit status: 0 made, 1 not made, 2 wrong usage.
set -euo pipefail

misuse() { echo "publish.sh: $1 Try --help." >&2; exit 2; }

known=(linux-x64 linux-arm64 osx-x64 osx-arm64 win-x64 tool)
case ${1:-} in
  -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit ;;
  '') misuse "Name the folder." ;;
  -*) misuse "There is no option $1." ;;
esac
folder=$1
shift
for part; do
  printf "%s\n" "${known[@]}" | grep -qxF -e "$part" || misuse "There is no part $part, only ${known[*]}."
done
parts=("$@")
[ $# -gt 0 ] || parts=("${known[@]}")
[ "$(uname -sm)" = 'Linux x86_64' ] || { echo "publish.sh: This needs Linux with x64." >&2; exit 1; }

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

# Beside the build of this folder, never in it: nothing is shared but the packages. The analysers have run in the ordinary build. What the
# compiler of native code warns of breaks when it runs; an advisory about a package (NU190x) is no reason not to build an old commit.
run() {
  local verb=$1 status=0
  shift
  dotnet "$verb" src/KubeIdP.Cli -c Release --artifacts-path "$work/artifacts" -v quiet -clp:NoSummary -p:RunAnalyzers=false \
    -p:UseSharedCompilation=false "$@" >"$work/log" 2>&1 || status=$?
  cat "$work/log"
  [ "$status" = 0 ] && ! grep -E 'warning' "$work/log" | grep -qvE 'warning NU190[1-4]' || {
    echo "publish.sh: Not made, because of the messages above." >&2
    exit 1
  }
}

version=$(dotnet msbuild src/KubeIdP.Cli -getProperty:Version)

# The same commit gives the same archive.
changed=$(git log -1 --format=%ct 2>/dev/null || date +%s)

archive() {
  local system=$1 name=kubeidp-$version-$1
  mkdir -p "$work/$name"
  mv "$work/$system"/kubeidp* "$work/$name"
  cp LICENSE "$work/$name"
  tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="@$changed" -cf - "$name" |
    gzip -n9 >"$work/$name.tar.gz"
  mv "$work/$name.tar.gz" "$folder"
  say "$name.tar.gz: $(stat -c %s "$folder/$name.tar.gz") bytes, the program $(stat -c %s "$work/$name"/kubeidp*) bytes"
}

for part in "${parts[@]}"; do
  say "Making $part"
  case $part in
    linux-x64)
      run publish -r linux-x64 -p:PublishAot=true -o "$work/$part"
      archive "$part"
      ;;
    tool)
      mkdir "$work/tool"

      # One after the other: with a native one among them, dotnet makes only the package that names the others.
      run pack -r linux-x64 -p:PublishAot=true -o "$work/tool"
      run pack -r any -o "$work/tool"
      run pack -p:PublishAot=true -o "$work/tool"
      mkdir -p "$folder/tool"
      mv "$work"/tool/*.nupkg "$folder/tool"
      say "tool: $(cd "$folder/tool" && echo KubeIdP.Cli*."$version".nupkg)"
      ;;
    *)
      run publish -r "$part" --self-contained -p:PublishSingleFile=true -p:PublishTrimmed=true -o "$work/$part"
      archive "$part"
      ;;
  esac
done

(cd "$folder" && find . -name "kubeidp-$version-*.tar.gz" -o -name "KubeIdP.Cli*.$version.nupkg" | sed 's#^\./##' | sort |
  xargs sha256sum) >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" "$folder"
say "Done: $folder"
