#!/usr/bin/env bash
# Makes what people install: the program kubeidp for each system, and the packages for `dotnet tool install`.
#
#   deploy/kubeidp/publish.sh FOLDER [PART...]
#
# FOLDER gets one archive for each system (kubeidp-VERSION-SYSTEM.tar.gz, also for Windows, which has tar), the SBOM of what these have
# in them, the packages in FOLDER/tool, and the SHA256SUMS of this run. What of the same name lies there is replaced. PART is a system or
# `tool`; without one, everything is made:
#
#   linux-x64     a native program, compiled ahead; needs gcc and zlib1g-dev here, and nothing where it runs
#   linux-arm64   one file with the runtime in it, as for the next three: they can't be compiled ahead on this system
#   osx-x64
#   osx-arm64
#   win-x64
#   tool          KubeIdP.Cli for dotnet: native on linux-x64, for the installed runtime elsewhere; needs what linux-x64 needs
#
# Made on Linux with x64, with jq. NUGET_PACKAGES and the other variables of dotnet apply. Exit status: 0 made, 1 not made, 2 wrong usage.
set -euo pipefail

misuse() { echo "publish.sh: $1 Try --help." >&2; exit 2; }

# The package after the native program that is in it, which is compiled once.
known=(linux-x64 tool linux-arm64 osx-x64 osx-arm64 win-x64)
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
. deploy/artefacts.sh
version=$project_version
work=$(mktemp -d)

# One compiler for all that is compiled here, which no other build uses or ends.
compiler=kubeidp-publish-$$
trap 'pkill -f -- "-pipename:$compiler" || true; rm -rf "$work"' EXIT

# Beside the build of this folder, never in it, and with paths that do not depend on where that is: nothing is shared but the packages. The
# analysers have run in the ordinary build. What the compiler of native code warns of breaks when it runs; an advisory about a package
# (NU190x) is no reason not to build an old commit.
run() {
  local verb=$1 status=0
  shift
  dotnet "$verb" src/KubeIdP.Cli -c Release --artifacts-path "$work/artifacts" -v quiet -clp:NoSummary -p:RunAnalyzers=false \
    -p:ContinuousIntegrationBuild=true -p:PathMap="$work=/_" \
    -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" "$@" >"$work/log" 2>&1 || status=$?
  cat "$work/log"
  [ "$status" = 0 ] && ! grep -E 'warning' "$work/log" | grep -qvE 'warning NU190[1-4]' || {
    echo "publish.sh: Not made, because of the messages above." >&2
    exit 1
  }
}

publish() {
  local system=$1 name=kubeidp-$version-$1
  shift
  run publish -r "$system" -o "$work/$system" "$@"
  deps+=("$work/$system.deps.json")
  cp "$work/artifacts/bin/KubeIdP.Cli/release_$system/kubeidp.deps.json" "$work/$system.deps.json"
  mkdir "$work/$name"
  mv "$work/$system"/kubeidp* "$work/$name"
  archive "$work/$name" "$name" >"$work/$name.tar.gz"
  mv "$work/$name.tar.gz" "$folder"
  made+=("$name.tar.gz")
  say "$name.tar.gz: $(stat -c %s "$folder/$name.tar.gz") bytes, the program $(stat -c %s "$work/$name"/kubeidp*) bytes"
}

deps=() made=()
for part in "${parts[@]}"; do
  say "Making $part"
  case $part in
    linux-x64)
      publish "$part" -p:PublishAot=true

      # What is compiled in is another runtime than dotnet lists: that of the compiler's own list.
      list=$work/artifacts/obj/KubeIdP.Cli/release_$part/native/kubeidp.ilc.rsp
      native=$(grep -m1 -oiE "nativeaot\.$part/[^/]+" "$list" | cut -d/ -f2)
      sed -i -e "s#Runtime\.$part/[^\"]*#Runtime.NativeAOT.$part/$native#" \
        -e "s#Runtime\.$part\": \"[^\"]*#Runtime.NativeAOT.$part\": \"$native#" "$work/$part.deps.json"
      ;;
    tool)
      mkdir "$work/tool"

      # One after the other: with a native one among them, dotnet makes only the package that names the others.
      run pack -r linux-x64 -p:PublishAot=true -o "$work/tool"
      run pack -r any -o "$work/tool"
      run pack -p:PublishAot=true -o "$work/tool"
      mkdir -p "$folder/tool"
      for package in "$work"/tool/*.nupkg; do made+=("tool/${package##*/}"); done
      mv "$work"/tool/*.nupkg "$folder/tool"
      say "tool: $(cd "$folder/tool" && echo KubeIdP.Cli*."$version".nupkg)"
      ;;
    *) publish "$part" --self-contained -p:PublishSingleFile=true -p:PublishTrimmed=true ;;
  esac
done

if [ "${#deps[@]}" -gt 0 ]; then
  sbom kubeidp "${deps[@]}" >"$work/sbom"
  mv "$work/sbom" "$folder/kubeidp-$version.cdx.json"
  made+=("kubeidp-$version.cdx.json")
fi

# Of this run alone: what else lies there may be older.
(cd "$folder" && printf '%s\n' "${made[@]}" | LC_ALL=C sort | xargs sha256sum) >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" "$folder"
say "Done: $folder"
