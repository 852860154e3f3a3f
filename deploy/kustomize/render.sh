#!/usr/bin/env bash
# Renders base and components from the chart, with values.yaml. Needs helm.
#
#   deploy/kustomize/render.sh           into this folder
#   deploy/kustomize/render.sh FOLDER    into another one, to compare
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
to=${1:-$here}

# Without what belongs to Helm, and what an overlay changes without it: version and checksum of the configuration.
render() {
  mkdir -p "$(dirname "$to/$2")"
  { echo '# Rendered from deploy/helm/kubeidp by deploy/kustomize/render.sh.'
    helm template kubeidp "$here/../helm/kubeidp" --values "$here/values.yaml" --show-only "templates/$1.yaml" | sed -E '
      /^# Source: /d
      /^ +(helm\.sh\/chart|app\.kubernetes\.io\/(version|managed-by)|checksum\/config): /d'
  } >"$to/$2"
}

for template in service-account service deployment migrate disruption-budget network-policy ingress; do
  render "$template" "base/$template.yaml"
done
render configmap base/kubeidp.yaml
sed -i -n '1p; /^  kubeidp.yaml: |$/,$ s/^    //p' "$to/base/kubeidp.yaml"
render certificate components/cert-manager/certificate.yaml
render command components/command/command.yaml
render service-monitor components/monitoring/service-monitor.yaml
render alerts components/monitoring/alerts.yaml
cp "$here/../helm/kubeidp/files/dashboard.json" "$to/components/monitoring/dashboard.json"
