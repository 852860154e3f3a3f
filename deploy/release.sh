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
#   --twice           makes everything a second time in other folders and with another umask, and names what differs; only the packages
#                     for dotnet may
#
# Needs the .NET SDK, gcc, zlib1g-dev, helm and jq, on Linux with x64. Nothing is signed or uploaded here. Exit status: 0 made, 1 not made,
# 2 wrong usage.
set -euo pipefail

misuse() { echo "release.sh: $1 Try --help." >&2; exit 2; }
fail() { echo "release.sh: $1" >&2; exit 1; }

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

. deploy/artefacts.sh
[ "$project_version" = "$version" ] || fail "Directory.Build.props has another version than $version."
grep -qE "^appVersion: \"?${version//./\\.}\"?$" deploy/helm/kubeidp/Chart.yaml || fail "The chart has another appVersion than $version."
if [ -z "$dry" ]; then
  [ -z "$(git status --porcelain)" ] || fail "The work tree has changes that are not committed."
  grep -qE "^## ${version//./\\.} \([0-9]{4}-[0-9]{2}-[0-9]{2}\)$" CHANGELOG.md ||
    fail "CHANGELOG.md has no section \"## $version (DATE)\"."
fi

for needed in helm jq; do command -v "$needed" >/dev/null || fail "$needed is missing."; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=${program:-$work/program}

make() {
  local to=$1
  rm -rf "$to" "$program" "$work/chart"
  mkdir -p "$to" "$work/chart"
  say "The server, its archive and its .deb"
  deploy/deb/build.sh "$version" "$to" "$program" >"$work/log" 2>&1 || { cat "$work/log"; fail "The .deb was not made."; }
  archive "$program" "kubeidp-server-$version-linux-x64" >"$to/kubeidp-server-$version-linux-x64.tar.gz"
  sbom kubeidp-server "$program/kubeidp-server.deps.json" >"$to/kubeidp-server-$version.cdx.json"
  say "kubeidp for people's machines"
  deploy/kubeidp/publish.sh "$to" >"$work/log" 2>&1 || { cat "$work/log"; fail "kubeidp was not made."; }
  say "The chart"
  # What helm packs has the times of this clone.
  helm package deploy/helm/kubeidp --destination "$work/chart" >/dev/null
  tar -xzf "$work/chart/kubeidp-$version.tgz" -C "$work/chart"
  archive "$work/chart/kubeidp" kubeidp >"$to/kubeidp-$version.tgz"
  (cd "$to" && find . -type f ! -name SHA256SUMS | sed 's#^\./##' | LC_ALL=C sort | xargs sha256sum) >"$work/SHA256SUMS"
  mv "$work/SHA256SUMS" "$to"
}

make "$folder"
if [ -n "$twice" ]; then
  say "Everything a second time, in another place and with another umask"
  mkdir -p "$work/another/place"
  (
    if [ "$(umask)" = 0077 ]; then umask 022; else umask 077; fi
    export TMPDIR=$work/another/place
    program=$work/another/program
    make "$work/twice"
  )
  differs=$(cd "$folder" && diff <(sort -k2 SHA256SUMS) <(sort -k2 "$work/twice/SHA256SUMS") | sed -n 's/^< [0-9a-f]*  /  /p' || true)
  if [ -z "$differs" ]; then say "The same, byte for byte"; else say "Not the same:"; echo "$differs"; fi
  ! grep -vE '\.nupkg$' <<<"$differs" | grep -q . || fail "Something else than the packages for dotnet is not the same twice."
fi

while read -r sum name; do printf '%s  %10d  %s\n' "${sum:0:12}" "$(stat -c %s "$folder/$name")" "$name"; done <"$folder/SHA256SUMS"
say "Done: $folder"
