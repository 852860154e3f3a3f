# What release.sh and kubeidp/publish.sh have in common. Sourced by both, in the top folder of the repository.

# What dates the files in archives and packages: the commit, not the moment.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# The version of programs, packages and chart.
project_version=$(sed -nE 's#.*<Version>(.*)</Version>.*#\1#p' Directory.Build.props)

say() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

# archive FOLDER NAME: writes an archive in which the folder is called NAME and has the licence. The same files give the same archive,
# whoever owns them and whatever the umask was.
archive() {
  tar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="@$SOURCE_DATE_EPOCH" \
    --transform="s#^\.#$2#" --transform="s#^LICENSE\$#$2/LICENSE#" -C "$1" -cf - . -C "$PWD" LICENSE | gzip -n
}

# sbom NAME DEPS...: writes the SBOM (CycloneDX) of a program: what dotnet has put into it. Each DEPS is the list of that, which dotnet
# writes for each system (deps.json), with the runtime if the program brings it. Licences and checksums are those of the packages.
sbom() {
  local name=$1 packages facts
  shift
  packages=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
  facts=$(jq --raw-output '
    .libraries | to_entries[] | select(.value.type | . == "package" or . == "runtimepack") | .key | ltrimstr("runtimepack.")' "$@" |
    sort -u | while IFS=/ read -r package release; do package_facts "$packages" "$package" "$release" || exit; done) || return
  jq --sort-keys --slurp --arg name "$name" --arg version "$project_version" --slurpfile facts <(echo "$facts") '
    def purl: "pkg:nuget/\(.)" | sub("/(?<version>[^/]*)$"; "@\(.version)");

    # Of packages that have no file of their own, what they depend on.
    def shipped($target; $has; $key):
      $target[$key].dependencies // {} | to_entries[] | "\(.key)/\(.value)" as $next
      | if $has[$next] then $next | ltrimstr("runtimepack.") else shipped($target; $has; $next) end;

    "\($name)@\($version)" as $root
    | [.[] | .targets[.runtimeTarget.name] as $target
        | [.libraries | to_entries[] | select(.value.type | . == "package" or . == "runtimepack") | .key
            | select($target[.] | [.runtime, .native, .resources, .runtimeTargets | values | length] | add > 0)] as $keys
        | ($keys | map({ key: ., value: true }) | from_entries) as $has
        | ($target | keys_unsorted[0]) as $program
        | ({ ref: $root, on: [shipped($target; $has; $program) | purl] },
            ($keys[] | { library: ltrimstr("runtimepack."), ref: ltrimstr("runtimepack.") | purl,
              on: [shipped($target; $has; .) | purl] }))] as $all
    | { bomFormat: "CycloneDX", specVersion: "1.6", version: 1,
        metadata: { component: { type: "application", "bom-ref": $root, name: $name, version: $version,
          licenses: [{ license: { id: "Apache-2.0" } }] } },
        components: [$all | map(.library | values) | unique[]
          | { type: "library", "bom-ref": purl, purl: purl, name: split("/")[0], version: split("/")[1] } + ($facts | add)[.]],
        dependencies: [$all | group_by(.ref)[] | { ref: .[0].ref, dependsOn: map(.on) | add | unique }] }' "$@"
}

# What a package says about itself.
package_facts() {
  local folder=${1%/}/${2,,}/${3,,} licence file sum
  [ -r "$folder/${2,,}.nuspec" ] || { echo "$folder is not there: the SBOM can't name the licence of $2." >&2; return 1; }
  licence=$(sed -nE 's#.*<license type="expression">([^<]*)</license>.*#\1#p' "$folder/${2,,}.nuspec")
  file=$(sed -nE 's#.*<license type="file">([^<]*)</license>.*#\1#p' "$folder/${2,,}.nuspec")
  if [ -n "$file" ] && grep -qi 'Permission is hereby granted, free of charge' "$folder/${file//\\//}"; then licence=MIT; fi
  sum=$(base64 --decode "$folder/${2,,}.${3,,}.nupkg.sha512" | od -An -v -tx1 | tr -d ' \n')
  jq --null-input --arg key "$2/$3" --arg licence "$licence" --arg file "$file" --arg sum "$sum" '{ ($key): {
    licenses: [if $licence == "" then { license: { name: "\($file) of the package" } }
      elif $licence | test(" ") then { expression: $licence } else { license: { id: $licence } } end],
    hashes: [{ alg: "SHA-512", content: $sum }] } }'
}
