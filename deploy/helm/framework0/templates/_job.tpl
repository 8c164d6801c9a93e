{{/* A Job that runs one f0 command against Temporal. Context: root, name, args (list), hook, weight, env (list, optional). */}}
{{- define "framework0.job" -}}
apiVersion: batch/v1
kind: Job
metadata:
  # A Job cannot be changed: one for each version.
  name: {{ printf "%s-%s-%s" (include "framework0.fullname" .root) .name (include "framework0.slug" (include "framework0.buildId" .root)) }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "framework0.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
  annotations:
    helm.sh/hook: {{ .hook }}
    helm.sh/hook-weight: {{ .weight | quote }}
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: {{ .backoffLimit | default 6 }}
  activeDeadlineSeconds: 900
  ttlSecondsAfterFinished: 3600
  template:
    metadata:
      labels:
        app.kubernetes.io/part-of: framework0
        app.kubernetes.io/instance: {{ .root.Release.Name }}
        app.kubernetes.io/component: {{ .name }}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext: {{- include "framework0.podSecurityContext" .root | nindent 8 }}
      {{- include "framework0.scheduling" .root | nindent 6 }}
      containers:
        - name: f0
          image: {{ include "framework0.jobImage" .root }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: {{ toJson .args }}
          env:
            - { name: NODE_OPTIONS, value: "--max-old-space-size=256" }
            {{- include "framework0.temporalEnv" .root | nindent 12 }}
          {{- with include "framework0.temporalEnvFrom" .root | trim }}
          envFrom: {{- . | nindent 12 }}
          {{- end }}
          resources:
            requests: { cpu: 50m, memory: 128Mi }
            limits: { memory: 512Mi }
          securityContext: {{- include "framework0.containerSecurityContext" .root | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            - { name: state, mountPath: /var/lib/framework0 }
            {{- include "framework0.temporalMounts" .root | nindent 12 }}
      volumes:
        - { name: tmp, emptyDir: {} }
        - { name: state, emptyDir: {} }
        {{- include "framework0.temporalVolumes" .root | nindent 8 }}
{{- end -}}

{{/* That of the pool which runs the workflows: the leanest one. */}}
{{- define "framework0.jobImage" -}}
{{- $image := dict -}}
{{- range $name, $pool := .Values.pools -}}
{{- if and $pool.enabled (or (empty $image) (has "f0-orchestrate" $pool.taskQueues)) -}}{{- $image = $pool.image -}}{{- end -}}
{{- end -}}
{{- include "framework0.image" (dict "root" . "repository" $image.repository "tag" (include "framework0.tag" .) "digest" $image.digest) -}}
{{- end -}}
