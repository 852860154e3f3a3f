#!/bin/sh
# Lets one person into a cluster past KubeIdP, for some hours: writes a kubeconfig with a client certificate that the cluster's own authority has signed.
# Run it where that authority's key lies, on a control plane node. See runbooks/break-glass.md.
set -eu

usage() {
  cat >&2 <<EOF
usage: break-glass.sh NAME [HOURS [FILE]]
  NAME   who is let in; stands in the API server's audit log as break-glass:NAME
  HOURS  how long, 1 to 24; 2 when not given
  FILE   where the kubeconfig goes, for its owner alone; break-glass.conf when not given. An older one is replaced.

from the environment:
  SERVER     the API server's URL; https://127.0.0.1:6443
  CLIENT_CA  the authority of client certificates, without ending; /etc/kubernetes/pki/ca (k3s: /var/lib/rancher/k3s/server/tls/client-ca)
  SERVER_CA  the certificate by which kubectl knows the API server; CLIENT_CA.crt (k3s: /var/lib/rancher/k3s/server/tls/server-ca.crt)
  GROUP      break-glass, which must be bound; system:masters needs no binding and can't be taken back
EOF
  exit 2
}

name=${1:-} hours=${2:-2} kubeconfig=${3:-break-glass.conf}
case $name in '' | -* | *[!A-Za-z0-9._-]*) usage ;; esac
case $hours in '' | *[!0-9]*) usage ;; esac
[ "$hours" -ge 1 ] && [ "$hours" -le 24 ] && [ $# -le 3 ] || usage
server=${SERVER:-https://127.0.0.1:6443} authority=${CLIENT_CA:-/etc/kubernetes/pki/ca} group=${GROUP:-break-glass}
server_ca=${SERVER_CA:-$authority.crt}
for file in "$authority.crt" "$authority.key" "$server_ca"; do
  [ -r "$file" ] || { echo "break-glass.sh: $file can't be read. Run this on a control plane node, as root; or set CLIENT_CA and SERVER_CA." >&2; exit 1; }
done

# Whoever has the file is the cluster's administrator. A redirect of the caller's would leave it open to every account of this machine.
umask 077
work=$(mktemp -d)
unfinished=$(mktemp "$kubeconfig.XXXXXX")
trap 'rm -rf "$work" "$unfinished"' EXIT
: >"$work/index"
cat >"$work/ca.conf" <<EOF
[ca]
default_ca = ours
[ours]
database = $work/index
new_certs_dir = $work
certificate = $authority.crt
private_key = $authority.key
default_md = sha256
policy = subject
rand_serial = yes
x509_extensions = client
[subject]
commonName = supplied
organizationName = supplied
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
EOF

openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key" -subj "/O=$group/CN=break-glass:$name" -out "$work/request" 2>/dev/null
# A minute early, for clocks.
openssl ca -batch -notext -config "$work/ca.conf" -in "$work/request" -out "$work/certificate" \
  -startdate "$(date -u -d '-1 minute' +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "+$hours hours" +%Y%m%d%H%M%SZ)" 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }

cat >"$unfinished" <<EOF
apiVersion: v1
kind: Config
clusters: [{ name: cluster, cluster: { server: "$server", certificate-authority-data: $(base64 -w 0 "$server_ca") } }]
users: [{ name: break-glass, user: { client-certificate-data: $(base64 -w 0 "$work/certificate"), client-key-data: $(base64 -w 0 "$work/key") } }]
contexts: [{ name: break-glass, context: { cluster: cluster, user: break-glass } }]
current-context: break-glass
EOF

# Also over an older one that others can read, and not through a link that somebody else has put there.
mv -fT "$unfinished" "$kubeconfig"
echo "$kubeconfig lets $name in for $hours h: kubectl --kubeconfig $kubeconfig get nodes" >&2
