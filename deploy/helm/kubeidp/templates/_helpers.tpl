{{- /* The name of all objects: short enough for that of the Job. */}}
{{- define "kubeidp.name" -}}
{{ .Values.fullnameOverride | default .Release.Name | trunc 45 | trimSuffix "-" }}
{{- end }}

{{- define "kubeidp.selector" -}}
app.kubernetes.io/name: kubeidp
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "kubeidp.labels" -}}
{{ include "kubeidp.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* http or https: who ends TLS. */}}
{{- define "kubeidp.scheme" -}}
{{ first .Values.config.listen | splitList ":" | first }}
{{- end }}

{{- /* The port at the end of an address to listen on. */}}
{{- define "kubeidp.port" -}}
{{ regexFind ":[0-9]+/?$" . | trimAll ":/" }}
{{- end }}

{{- /* The port of the Service: without a proxy in front, people use it, as the issuer says. */}}
{{- define "kubeidp.servicePort" -}}
{{ eq (include "kubeidp.scheme" .) "https" | ternary (include "kubeidp.port" (urlParse .Values.config.issuer).host | default "443") "80" }}
{{- end }}

{{- define "kubeidp.host" -}}
{{ (urlParse .Values.config.issuer).hostname }}
{{- end }}

{{- /* What the server answers below the issuer's host, one path a line; the second is that of RFC 8414 §3.1. */}}
{{- define "kubeidp.paths" -}}
{{- with trimSuffix "/" (urlParse .Values.config.issuer).path -}}
{{ . }}
/.well-known/oauth-authorization-server{{ . }}
{{- else -}}
/
{{- end }}
{{- end }}

{{- define "kubeidp.tlsSecret" -}}
{{ .Values.tls.secret | default (.Values.certificate.enabled | ternary (printf "%s-tls" (include "kubeidp.name" .)) "") }}
{{- end }}

{{- define "kubeidp.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "kubeidp.name" .) "default") }}
{{- end }}

{{- define "kubeidp.image" -}}
{{ .Values.image.repository }}{{ .Values.image.digest | empty | ternary (printf ":%s" (.Values.image.tag | default .Chart.AppVersion)) (printf "@%s" .Values.image.digest) }}
{{- end }}

{{- /* Secrets by the folder of /secrets in which they are mounted. */}}
{{- define "kubeidp.secrets" -}}
{{- $secrets := dict "master-key" .Values.masterKey.secret "database" .Values.database.secret "database-ca" .Values.database.caSecret -}}
{{- if eq (include "kubeidp.scheme" .) "https" }}{{ $_ := set $secrets "tls" (include "kubeidp.tlsSecret" .) }}{{ end -}}
{{- range $folder, $secret := merge $secrets .Values.secrets }}
{{- if $secret }}
{{ $folder | quote }}: {{ $secret | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- /* kubeidp.yaml: config, and where the files are that the chart mounts. */}}
{{- define "kubeidp.config" -}}
{{- $secrets := include "kubeidp.secrets" . | fromYaml -}}
{{- $mounted := dict -}}
{{- if $secrets.database }}{{ $_ := set $mounted "database" (dict "passwordFile" "/secrets/database/password") }}{{ end -}}
{{- if $secrets.tls }}{{ $_ := set $mounted "tls" (dict "certificateFile" "/secrets/tls/tls.crt" "keyFile" "/secrets/tls/tls.key") }}{{ end -}}
{{- /* The server refuses an empty list. */ -}}
{{- $config := empty .Values.config.proxies | ternary (omit .Values.config "proxies") .Values.config -}}
{{ mergeOverwrite $mounted (deepCopy $config) | toYaml }}
{{- end }}

{{- /* What all pods have in common. */}}
{{- define "kubeidp.pod" -}}
serviceAccountName: {{ include "kubeidp.serviceAccount" . | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- if not .Values.hostUsers }}
hostUsers: false
{{- end }}
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: configuration
    configMap: { name: {{ include "kubeidp.name" . | quote }} }
  {{- range $folder, $secret := include "kubeidp.secrets" . | fromYaml }}
  - name: secret-{{ $folder }}
    secret: { secretName: {{ $secret | quote }}, defaultMode: 0440 }
  {{- end }}
  - name: data
    {{- if .Values.sqlite.enabled }}
    persistentVolumeClaim: { claimName: {{ .Values.sqlite.existingClaim | default (include "kubeidp.name" .) | quote }} }
    {{- else }}
    emptyDir: { sizeLimit: 64Mi }
    {{- end }}
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- /* Where the database is, unless config says it. The password stays in its file. */}}
{{- define "kubeidp.env" -}}
{{- if and .Values.database.secret (not (dig "database" "postgres" "" .Values.config)) -}}
{{- range list "host" "port" "dbname" "username" }}
- name: DATABASE_{{ . | upper }}
  valueFrom: { secretKeyRef: { name: {{ $.Values.database.secret | quote }}, key: {{ . }} } }
{{- end }}
- name: KUBEIDP__DATABASE__POSTGRES
  value: Host=$(DATABASE_HOST);Port=$(DATABASE_PORT);Database=$(DATABASE_DBNAME);Username=$(DATABASE_USERNAME)
    {{- if .Values.database.caSecret }};SSL Mode=VerifyFull;Root Certificate=/secrets/database-ca/ca.crt{{ end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* What all containers have in common. */}}
{{- define "kubeidp.container" -}}
image: {{ include "kubeidp.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with include "kubeidp.env" . | trim }}
env: {{- . | nindent 2 }}
{{- end }}
resources: {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: configuration, mountPath: /etc/kubeidp, readOnly: true }
  {{- range $folder, $secret := include "kubeidp.secrets" . | fromYaml }}
  - { name: secret-{{ $folder }}, mountPath: /secrets/{{ $folder }}, readOnly: true }
  {{- end }}
  - { name: data, mountPath: /var/lib/kubeidp }
  - { name: tmp, mountPath: /tmp }
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
