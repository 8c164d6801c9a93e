{{/* How anything of this release reaches Temporal: names of Secrets, never what is in them. */}}
{{- define "framework0.temporalEnv" -}}
{{- with .Values.temporal -}}
{{- if .address }}
- { name: TEMPORAL_ADDRESS, value: {{ .address | quote }} }
- { name: TEMPORAL_NAMESPACE, value: {{ .namespace | quote }} }
{{- end }}
{{- if .tls.enabled }}
- { name: TEMPORAL_TLS, value: "true" }
{{- with .tls.serverName }}
- { name: TEMPORAL_TLS_SERVER_NAME, value: {{ . | quote }} }
{{- end }}
{{- if .tls.ca }}
- { name: TEMPORAL_TLS_SERVER_CA_CERT_PATH, value: /etc/framework0/temporal/ca.crt }
{{- end }}
{{- if .tls.clientCertificate }}
- { name: TEMPORAL_TLS_CLIENT_CERT_PATH, value: /etc/framework0/temporal/tls.crt }
- { name: TEMPORAL_TLS_CLIENT_KEY_PATH, value: /etc/framework0/temporal/tls.key }
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "framework0.temporalEnvFrom" -}}
{{- with .Values.temporal.existingConfigMap }}
- configMapRef: { name: {{ . }} }
{{- end }}
{{- with .Values.temporal.existingSecret }}
- secretRef: { name: {{ . }} }
{{- end }}
{{- end -}}

{{/* Context: root, and more of the kind. */}}
{{- define "framework0.envFrom" -}}
{{- include "framework0.temporalEnvFrom" .root }}
{{- with .more }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "framework0.temporalMounts" -}}
{{- if .Values.temporal.tls.existingSecret }}
- { name: temporal-tls, mountPath: /etc/framework0/temporal, readOnly: true }
{{- end }}
{{- end -}}

{{- define "framework0.temporalVolumes" -}}
{{- with .Values.temporal.tls.existingSecret }}
- { name: temporal-tls, secret: { secretName: {{ . }}, defaultMode: {{ include "framework0.secretMode" $ }} } }
{{- end }}
{{- end -}}

{{/* 0440: their group reads them, which is that of the pod. What others could read, f0 does not take as a secret. */}}
{{- define "framework0.secretMode" -}}288{{- end -}}

{{/* What processes that handle payloads and documents have: keys of the payloads, and secrets that documents name. */}}
{{- define "framework0.secretEnv" -}}
{{- if .Values.encryption.existingSecret }}
- { name: F0_ENCRYPTION_KEYS_FILE, value: /etc/framework0/encryption/{{ .Values.encryption.key }} }
{{- end }}
{{- if .Values.secrets.existingSecret }}
- { name: F0_SECRETS, value: /etc/framework0/secrets }
{{- end }}
{{- end -}}

{{- define "framework0.secretMounts" -}}
{{- if .Values.encryption.existingSecret }}
- { name: encryption, mountPath: /etc/framework0/encryption, readOnly: true }
{{- end }}
{{- if .Values.secrets.existingSecret }}
- { name: secrets, mountPath: /etc/framework0/secrets, readOnly: true }
{{- end }}
{{- end -}}

{{- define "framework0.secretVolumes" -}}
{{- with .Values.encryption.existingSecret }}
- { name: encryption, secret: { secretName: {{ . }}, defaultMode: {{ include "framework0.secretMode" $ }} } }
{{- end }}
{{- with .Values.secrets.existingSecret }}
- { name: secrets, secret: { secretName: {{ . }}, defaultMode: {{ include "framework0.secretMode" $ }} } }
{{- end }}
{{- end -}}

{{- define "framework0.databaseEnv" -}}
- name: DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ .Values.database.existingSecret }}, key: {{ .Values.database.key }} } }
{{- end -}}

{{/* What namespaces with the `restricted` Pod Security Standard ask for, and a little more. */}}
{{- define "framework0.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ .Values.podSecurity.userId }}
runAsGroup: {{ .Values.podSecurity.userId }}
fsGroup: {{ .Values.podSecurity.userId }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "framework0.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Over zones and nodes. Context: the labels that tell the pods apart, as text. */}}
{{- define "framework0.spread" -}}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{- $ | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end -}}

{{- define "framework0.scheduling" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}
