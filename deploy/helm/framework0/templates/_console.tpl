{{- define "framework0.consoleArgs" -}}
{{- $console := .Values.console -}}
{{- $args := list "console" "--platform" (printf "/etc/framework0/platform/%s" $console.platform.key) "--host" "0.0.0.0" "--port" "8080" -}}
{{- if $console.publicUrl -}}{{- $args = concat $args (list "--public-url" $console.publicUrl) -}}{{- end -}}
{{- toJson $args -}}
{{- end -}}

{{- define "framework0.consoleEnv" -}}
{{- $console := .Values.console -}}
- { name: F0_LOG_LEVEL, value: {{ .Values.logLevel }} }
- { name: F0_ARTIFACTS, value: /var/lib/framework0/artifacts }
- { name: NODE_OPTIONS, value: "--max-old-space-size={{ $console.heapMiB }}" }
{{- include "framework0.temporalEnv" . }}
{{ include "framework0.databaseEnv" . }}
{{- include "framework0.secretEnv" . }}
{{- with $console.signingKey }}
{{- if .existingSecret }}
- { name: F0_SIGNING_KEY_FILE, value: /etc/framework0/signing/{{ .key }} }
{{- with .id }}
- { name: F0_SIGNING_KEY_ID, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- end }}
{{- with $console.temporalUiUrl }}
- { name: TEMPORAL_UI_URL, value: {{ . | quote }} }
{{- end }}
{{- with .Values.otlpEndpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
{{- end }}
{{- with $console.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "framework0.consoleMounts" -}}
- { name: state, mountPath: /var/lib/framework0 }
- { name: tmp, mountPath: /tmp }
# What commands have printed; it writes nothing there.
- { name: artifacts, mountPath: /var/lib/framework0/artifacts, readOnly: true }
- { name: platform, mountPath: /etc/framework0/platform, readOnly: true }
{{- include "framework0.temporalMounts" . }}
{{- include "framework0.secretMounts" . }}
{{- if .Values.console.signingKey.existingSecret }}
- { name: signing, mountPath: /etc/framework0/signing, readOnly: true }
{{- end }}
{{- end -}}

{{- define "framework0.consoleVolumes" -}}
- { name: state, emptyDir: {} }
- { name: tmp, emptyDir: {} }
- { name: artifacts, persistentVolumeClaim: { claimName: {{ include "framework0.artifactsClaim" . }} } }
- { name: platform, configMap: { name: {{ .Values.console.platform.existingConfigMap }} } }
{{- include "framework0.temporalVolumes" . }}
{{- include "framework0.secretVolumes" . }}
{{- with .Values.console.signingKey.existingSecret }}
- { name: signing, secret: { secretName: {{ . }}, defaultMode: {{ include "framework0.secretMode" $ }} } }
{{- end }}
{{- end -}}
