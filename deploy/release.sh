#!/usr/bin/env bash
# Makes what is released: every artefact of a version, from the commit that is checked out.
#
#   deploy/release.sh VERSION [FOLDER]
#   deploy/release.sh --dry-run VERSION [FOLDER]
#   deploy/release.sh --twice VERSION [FOLDER]
#
# FOLDER (dist/VERSION) gets the artefacts and SHA256SUMS, and must be empty or have come from here. VERSION must be the one that the
# project and the chart have. A release needs a clean work tree, and CHANGELOG.md must have a section for it.
#
#   --dry-run         the same without these two demands: what CI makes, to try it
#   --program FOLDER  leaves the folder with the server's program and its runtime there
#   --twice           makes everything a second time in another folder, and names what differs; the .deb and the archives must not
#
# Needs the .NET SDK, gcc, zlib1g-dev and helm, on Linux with x64. Nothing is signed or uploaded here. Exit status: 0 made, 1 not made,
# 2 wrong usage.
set -euo pipefail

misuse() { echo "release.sh: $1 Try --help." >&2; exit 2; }
fail() { echo "release.sh: $1" >&2; exit 1; }
say() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

dry= twice= program=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit ;;
    --dry-run) dry=1 ;;
    --twice) twice=1 ;;
    --program) [ -n "${2:-}" ] || misuse "--program takes a folder."; program=$(realpath -m "$2"); shift ;;
    -*) misuse "There is no option $1." ;;
    *) break ;;
  esac
  shift
done
[ $# -ge 1 ] && [ $# -le 2 ] || misuse "Name the version."
version=$1
grep -qxE '[0-9]+\.[0-9]+\.[0-9]+(-[0-9a-z.]+)?' <<<"$version" || misuse "$version is no version, such as 0.1.0."
folder=$(realpath -m "${2:-dist/$version}")
[ ! -e "$folder" ] || [ -e "$folder/SHA256SUMS" ] || [ -z "$(ls -A "$folder")" ] || misuse "$folder has other files."
[ -z "$program" ] || [ ! -e "$program" ] || [ -e "$program/kubeidp-server.dll" ] || [ -z "$(ls -A "$program")" ] ||
  misuse "$program has other files than the server's."
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ "$(dotnet msbuild src/KubeIdP.Server -getProperty:Version)" = "$version" ] ||
  fail "Directory.Build.props has another version than $version."
grep -qE "^appVersion: \"?${version//./\\.}\"?$" deploy/helm/kubeidp/Chart.yaml || fail "The chart has another appVersion than $version."
if [ -z "$dry" ]; then
  [ -z "$(git status --porcelain)" ] || fail "The work tree has changes that are not committed."
  grep -qE "^## ${version//./\\.} \([0-9]{4}-[0-9]{2}-[0-9]{2}\)$" CHANGELOG.md ||
    fail "CHANGELOG.md has no section \"## $version (DATE)\"."
fi

command -v helm >/dev/null || fail "helm is missing."

# What dates files in archives and packages: the commit, not the moment.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=${program:-$work/program}

# The same folder gives the same archive.
archive() {
  local name=$2
  rm -rf "$work/$name"
  cp -r "$1" "$work/$name"
  cp LICENSE "$work/$name"
  tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="@$SOURCE_DATE_EPOCH" -cf - "$name" |
    gzip -n9 >"$3/$name.tar.gz"
}

# The CycloneDX tool names the moment and a number of its own; both are taken out, so that the same commit gives the same file.
sbom() {
  local project=$1 name=$2 file=$3
  (cd "$work/source" && dotnet tool restore && dotnet dotnet-CycloneDX "src/$project/$project.csproj" -o "$work" -fn sbom.json -F Json \
    -rs --set-name "$name" --set-version "$version") >"$work/log" 2>&1 ||
    { cat "$work/log"; fail "No SBOM of $name."; }
  jq --sort-keys 'del(.serialNumber, .metadata.timestamp)' "$work/sbom.json" >"$file"
}

make() {
  local to=$1
  rm -rf "$to"
  mkdir -p "$to"
  say "The server, its archive and its .deb"
  rm -rf "$program"
  deploy/deb/build.sh "$version" "$to" "$program" >"$work/log" 2>&1 || { cat "$work/log"; fail "The .deb was not made."; }
  archive "$program" "kubeidp-server-$version-linux-x64" "$to"
  say "kubeidp for people's machines"
  deploy/kubeidp/publish.sh "$to" >"$work/log" 2>&1 || { cat "$work/log"; fail "kubeidp was not made."; }
  say "The chart"
  helm package deploy/helm/kubeidp --destination "$to" >/dev/null
  say "The SBOMs"
  # It restores packages in its own way, which a build beside it would stumble over: so it works on a copy.
  mkdir -p "$work/source"
  tar -c --exclude=bin --exclude=obj src migrations .config ./*.props ./*.json ./*.txt | tar -x -C "$work/source"
  sbom KubeIdP.Server kubeidp-server "$to/kubeidp-server-$version.cdx.json"
  sbom KubeIdP.Cli kubeidp "$to/kubeidp-$version.cdx.json"
  (cd "$to" && find . -type f ! -name SHA256SUMS | sed 's#^\./##' | LC_ALL=C sort | xargs sha256sum) >"$work/SHA256SUMS"
  mv "$work/SHA256SUMS" "$to"
}

make "$folder"
if [ -n "$twice" ]; then
  say "Everything a second time"
  make "$work/twice"
  differs=$(cd "$folder" && diff <(sort -k2 SHA256SUMS) <(sort -k2 "$work/twice/SHA256SUMS") | sed -n 's/^< [0-9a-f]*  /  /p' || true)
  if [ -z "$differs" ]; then say "The same, byte for byte"; else say "Not the same:"; echo "$differs"; fi
  ! grep -qE '\.(deb|tar\.gz)$' <<<"$differs" || fail "An executable, an archive or the .deb is not the same twice."
fi

while read -r sum name; do printf '%s  %10d  %s\n' "${sum:0:12}" "$(stat -c %s "$folder/$name")" "$name"; done <"$folder/SHA256SUMS"
say "Done: $folder"
