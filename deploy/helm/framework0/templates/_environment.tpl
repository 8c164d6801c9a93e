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

{{- define "framework0.temporalMounts" -}}
{{- if .Values.temporal.tls.existingSecret }}
- { name: temporal-tls, mountPath: /etc/framework0/temporal, readOnly: true }
{{- end }}
{{- end -}}

{{- define "framework0.temporalVolumes" -}}
{{- with .Values.temporal.tls.existingSecret }}
- { name: temporal-tls, secret: { secretName: {{ . }} } }
{{- end }}
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
