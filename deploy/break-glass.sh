#!/bin/sh
# Gives one person access to a cluster without KubeIdP for some hours: writes a kubeconfig with a client certificate that the cluster's own
# certificate authority has signed. Run it on a control plane node, where the key of that authority is. See runbooks/break-glass.md.
set -eu

usage() {
  cat >&2 <<EOF
usage: break-glass.sh NAME [HOURS [FILE]]
  NAME   the person who gets access; the API server's audit log shows break-glass:NAME
  HOURS  how long the access lasts, 1 to 24; default 2
  FILE   the kubeconfig to write, readable only by its owner; default break-glass.conf. An existing file is replaced.

environment variables, with their defaults:
  SERVER     the API server's URL; https://127.0.0.1:6443
  CLIENT_CA  the certificate authority for client certificates, without file extension; /etc/kubernetes/pki/ca \
(k3s: /var/lib/rancher/k3s/server/tls/client-ca)
  SERVER_CA  the certificate with which kubectl verifies the API server; CLIENT_CA.crt (k3s: /var/lib/rancher/k3s/server/tls/server-ca.crt)
  GROUP      the group; break-glass, which needs a role binding. system:masters needs no binding and can't be revoked
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
  [ -r "$file" ] || {
    echo "break-glass.sh: $file can't be read. Run this on a control plane node, as root; or set CLIENT_CA and SERVER_CA." >&2
    exit 1
  }
done

# The file gives full access to the cluster, so only its owner may read it.
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

openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key" \
  -subj "/O=$group/CN=break-glass:$name" -out "$work/request" 2>/dev/null
# Valid from one minute ago, because clocks may differ.
openssl ca -batch -notext -config "$work/ca.conf" -in "$work/request" -out "$work/certificate" \
  -startdate "$(date -u -d '-1 minute' +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "+$hours hours" +%Y%m%d%H%M%SZ)" 2>"$work/errors" || {
    cat "$work/errors" >&2
    exit 1
  }

cat >"$unfinished" <<EOF
apiVersion: v1
kind: Config
clusters: [{ name: cluster, cluster: { server: "$server", certificate-authority-data: $(base64 -w 0 "$server_ca") } }]
users: [{ name: break-glass, user: { client-certificate-data: $(base64 -w 0 "$work/certificate"), \
client-key-data: $(base64 -w 0 "$work/key") } }]
contexts: [{ name: break-glass, context: { cluster: cluster, user: break-glass } }]
current-context: break-glass
EOF

# Replaces an existing file whatever its permissions, and does not follow a symbolic link that somebody else has put there.
mv -fT "$unfinished" "$kubeconfig"
echo "$kubeconfig gives $name access for $hours h: kubectl --kubeconfig $kubeconfig get nodes" >&2
