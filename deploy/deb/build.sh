#!/usr/bin/env bash
# Makes the package for Debian and Ubuntu: program and runtime, systemd unit, configuration.
#
#   deploy/deb/build.sh VERSION FOLDER [PUBLISHED]
#
# FOLDER gets kubeidp-server_VERSION_amd64.deb. PUBLISHED is the folder with the program and the runtime; if the program is not in it, it is
# made there, which takes about a minute. Without PUBLISHED it is made and thrown away.
#
# Made on Linux with x64, with the .NET SDK and dpkg-deb. The same commit gives the same file. NUGET_PACKAGES and the other variables of
# dotnet apply. Exit status: 0 made, 1 not made, 2 wrong usage.
set -euo pipefail

misuse() { echo "build.sh: $1 Try --help." >&2; exit 2; }

case ${1:-} in
  -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit ;;
  '') misuse "Name the version." ;;
esac
[[ $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || misuse "$1 is not a version such as 0.1.0 or 0.2.0-rc.1."
[ -n "${2:-}" ] || misuse "Name the folder."
[ $# -le 3 ] || misuse "There are more than three arguments."
[ "$(uname -sm)" = 'Linux x86_64' ] || { echo "build.sh: This needs Linux with x64." >&2; exit 1; }

version=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=${3:-$work/program}
mkdir -p "$program"
program=$(cd "$program" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
umask 022

# No assembly has the name of this folder in it, nor the checksum of symbols: they name generated code, whose order changes.
export PathMap="$work=/_" DebugType=none

# dpkg-deb gives no file a later time than this.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH

# Beside the build of this folder, never in it, and with paths that do not depend on where that is. The analysers have run in the ordinary
# build. Left out is what only a debugger needs, and the launcher and its settings of kubeidp, of which the server uses the library. The
# comments of the options (.xml) stay: `config reference` prints them.
if [ ! -x "$program/kubeidp-server" ]; then
  dotnet publish src/KubeIdP.Server -c Release -r linux-x64 --self-contained -o "$work/published" --artifacts-path "$work/artifacts" \
    -v quiet -clp:NoSummary -p:Version="$version" -p:RunAnalyzers=false -p:ContinuousIntegrationBuild=true \
    -p:UseSharedCompilation=false -p:CustomAfterMicrosoftCommonTargets="$PWD/deploy/deb/leave-out.targets"
  find "$work/published" -name '*.pdb' -delete
  rm "$work/published/kubeidp" "$work/published/kubeidp.runtimeconfig.json"
  cp -a "$work/published/." "$program"
fi

root=$work/root
doc=$root/usr/share/doc/kubeidp-server
install -d "$root/DEBIAN" "$root/usr/bin" "$root/usr/lib/kubeidp-server" "$root/usr/lib/systemd/system" "$root/etc/kubeidp" "$doc"
install -d -m 700 "$root/etc/kubeidp/credentials"
cp -r "$program/." "$root/usr/lib/kubeidp-server"
find "$root/usr/lib/kubeidp-server" -type f -exec chmod 644 {} +
chmod 755 "$root/usr/lib/kubeidp-server/kubeidp-server"
install -m 755 deploy/deb/kubeidp-server "$root/usr/bin"
install -m 644 deploy/systemd/kubeidp-server.service "$root/usr/lib/systemd/system"
install -m 644 deploy/deb/kubeidp.yaml "$root/etc/kubeidp"
gzip -n9 <CHANGELOG.md >"$doc/changelog.gz"

# What users read, with links that work there: up from docs and runbooks is the folder of the package. A link to what is not in the package
# becomes its text.
install -d "$doc/docs" "$doc/runbooks"
cp CHANGELOG.md src/configuration.md src/openapi.json "$doc"
cp src/docs/*.md "$doc/docs"
cp deploy/runbooks/*.md "$doc/runbooks"
sed -i -E 's#\]\(\.\./\.\./(src/|deploy/)?#](../#g' "$doc"/docs/*.md "$doc"/runbooks/*.md
sed -i -E 's#\]\((\.\./)?(src/|deploy/)#](#g; s#\]\(\.\./#](#g' "$doc"/*.md
for page in "$doc"/*.md "$doc"/*/*.md; do
  { grep -oE '\]\([^():[:space:]]+\)' "$page" || true; } | sort -u | while IFS= read -r link; do
    target=${link:2:-1}
    file=${target%%#*}
    [ -z "$file" ] || [ -e "$(dirname "$page")/$file" ] ||
      sed -i -E "s~\[([^][]*)\]\(${target//./\\.}\)~\1~g" "$page"
  done
done
{
  cat <<'END'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: KubeIdP

Files: *
Copyright: KubeIdP contributors
License: Apache-2.0
 The text is in /usr/share/common-licenses/Apache-2.0.
Comment:
 The runtime of .NET (MIT, .NET Foundation and contributors) is in /usr/lib/kubeidp-server, with these libraries:
END
  sed 's/^/ /; s/^ $/ ./' src/KubeIdP.Server/Commands/licences.txt
} >"$doc/copyright"
find "$doc" -type f -exec chmod 644 {} +

# What the program and the runtime load of the system. ICU and OpenSSL have another name in each release of Debian and Ubuntu.
icu='libicu78 | libicu76 | libicu74 | libicu72'
openssl='libssl3t64 | libssl3'

# Of files alone, in KiB: how large a folder is depends on the file system.
size=$(find "$root" -path "$root/DEBIAN" -prune -o -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
cat >"$root/DEBIAN/control" <<END
Package: kubeidp-server
Version: ${version/-/"~"}
Architecture: amd64
Maintainer: KubeIdP contributors <kubeidp@localhost>
Section: admin
Priority: optional
Pre-Depends: init-system-helpers (>= 1.54~)
Depends: libc6 (>= 2.34), libgcc-s1, libstdc++6, $icu, $openssl, ca-certificates, tzdata, util-linux, systemd (>= 252)
Installed-Size: $size
Description: identity provider for Kubernetes
 An OpenID Connect issuer for API servers and kubectl, with accounts of its own, of LDAP directories or of Active Directory, second factors,
 sessions that can be ended within seconds, and an audit log.
END
echo /etc/kubeidp/kubeidp.yaml >"$root/DEBIAN/conffiles"
install -m 755 deploy/deb/postinst deploy/deb/prerm deploy/deb/postrm "$root/DEBIAN"
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

# Compressed on one thread: the number of threads would show in the file.
deb=kubeidp-server_${version/-/"~"}_amd64.deb
dpkg-deb --root-owner-group -Zzstd -z6 --threads-max=1 --build "$root" "$work/$deb" >/dev/null
mv "$work/$deb" "$folder"
echo "$folder/$deb: $(stat -c %s "$folder/$deb") bytes"
