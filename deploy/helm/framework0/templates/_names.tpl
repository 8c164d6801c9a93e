{{- define "framework0.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "framework0.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "framework0.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: framework0
{{ include "framework0.selectorLabels" . }}
{{- end -}}

{{- define "framework0.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion -}}
{{- end -}}

{{- define "framework0.buildId" -}}
{{- .Values.versioning.buildId | default (include "framework0.tag" .) -}}
{{- end -}}

{{- define "framework0.deploymentName" -}}
{{- .Values.versioning.deploymentName | default (include "framework0.fullname" .) -}}
{{- end -}}

{{/* A build id as a part of an object's name. */}}
{{- define "framework0.slug" -}}
{{- regexReplaceAll "[^a-z0-9-]+" (lower .) "-" | trunc 20 | trimAll "-" -}}
{{- end -}}

{{/* (root, repository, tag, digest): a digest wins over a tag. */}}
{{- define "framework0.image" -}}
{{- $registry := ternary (printf "%s/" (trimSuffix "/" .root.Values.image.registry)) "" (ne .root.Values.image.registry "") -}}
{{- $version := ternary (printf "@%s" .digest) (printf ":%s" .tag) (ne (default "" .digest) "") -}}
{{- printf "%s%s%s" $registry .repository $version -}}
{{- end -}}
