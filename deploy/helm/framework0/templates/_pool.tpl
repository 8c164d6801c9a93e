{{/* The Deployment of one pool and one build. Context: root, name, pool, build (id, tag, digest, replicas). */}}
{{- define "framework0.poolName" -}}
{{- printf "%s-%s" (include "framework0.fullname" .root) .name -}}
{{- end -}}

{{- define "framework0.buildName" -}}
{{- $name := include "framework0.poolName" . -}}
{{- if .root.Values.versioning.enabled -}}
{{- printf "%s-%s" $name (include "framework0.slug" .build.id) -}}
{{- else -}}
{{- $name -}}
{{- end -}}
{{- end -}}

{{- define "framework0.poolSelector" -}}
{{ include "framework0.selectorLabels" .root }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "framework0.buildSelector" -}}
{{ include "framework0.poolSelector" . }}
{{- if .root.Values.versioning.enabled }}
framework0.io/build: {{ include "framework0.slug" .build.id }}
{{- end }}
{{- end -}}

{{- define "framework0.poolEnv" -}}
{{- $values := .root.Values -}}
{{- $queues := .pool.taskQueues -}}
- { name: F0_TASK_QUEUES, value: {{ join "," $queues | quote }} }
- { name: F0_LISTEN_HOST, value: "0.0.0.0" }
- { name: F0_SHUTDOWN_GRACE_SECONDS, value: {{ $values.shutdownGraceSeconds | quote }} }
- { name: F0_LOG_LEVEL, value: {{ $values.logLevel }} }
- { name: F0_ARTIFACTS, value: /var/lib/framework0/artifacts }
- { name: NODE_OPTIONS, value: "--max-old-space-size={{ .pool.heapMiB }}" }
{{- if $values.versioning.enabled }}
- { name: F0_DEPLOYMENT_NAME, value: {{ include "framework0.deploymentName" .root | quote }} }
- { name: F0_BUILD_ID, value: {{ .build.id | quote }} }
{{- end }}
{{- include "framework0.temporalEnv" .root }}
{{- if include "framework0.usesDatabase" .pool }}
{{ include "framework0.databaseEnv" .root }}
{{- end }}
{{- include "framework0.secretEnv" .root }}
{{- with $values.otlpEndpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
{{- end }}
{{- with .pool.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "framework0.poolMounts" -}}
{{- $values := .root.Values -}}
- { name: state, mountPath: /var/lib/framework0 }
- { name: tmp, mountPath: /tmp }
{{- if include "framework0.usesArtifacts" .pool }}
- { name: artifacts, mountPath: /var/lib/framework0/artifacts }
{{- end }}
{{- include "framework0.temporalMounts" .root }}
{{- include "framework0.secretMounts" .root }}
{{- if and $values.targets.kubeconfigsSecret (include "framework0.seesClusters" .pool) }}
- { name: clusters, mountPath: /etc/framework0/clusters, readOnly: true }
{{- end }}
{{- end -}}

{{- define "framework0.poolVolumes" -}}
{{- $values := .root.Values -}}
- { name: state, emptyDir: {} }
- { name: tmp, emptyDir: {} }
{{- if include "framework0.usesArtifacts" .pool }}
- { name: artifacts, persistentVolumeClaim: { claimName: {{ include "framework0.artifactsClaim" .root }} } }
{{- end }}
{{- include "framework0.temporalVolumes" .root }}
{{- include "framework0.secretVolumes" .root }}
{{- if and $values.targets.kubeconfigsSecret (include "framework0.seesClusters" .pool) }}
- { name: clusters, secret: { secretName: {{ $values.targets.kubeconfigsSecret }}, defaultMode: {{ include "framework0.secretMode" .root }} } }
{{- end }}
{{- end -}}

{{/* Builders write them, deployers read them; others need none. */}}
{{- define "framework0.usesArtifacts" -}}
{{- if or (has "f0-operate" .taskQueues) (has "f0-deploy" .taskQueues) }}true{{ end -}}
{{- end -}}

{{/* The audit trail, alerts, watches. */}}
{{- define "framework0.usesDatabase" -}}
{{- if or (has "f0-orchestrate" .taskQueues) (has "f0-integrate" .taskQueues) (has "f0-observe" .taskQueues) }}true{{ end -}}
{{- end -}}

{{- define "framework0.seesClusters" -}}
{{- if or (has "f0-observe" .taskQueues) (has "f0-deploy" .taskQueues) }}true{{ end -}}
{{- end -}}

{{- define "framework0.artifactsClaim" -}}
{{- .Values.artifacts.existingClaim | default (printf "%s-artifacts" (include "framework0.fullname" .)) -}}
{{- end -}}

{{- define "framework0.poolDeployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "framework0.buildName" . }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "framework0.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
    app.kubernetes.io/version: {{ .build.tag | quote }}
    {{- if .root.Values.versioning.enabled }}
    framework0.io/build: {{ include "framework0.slug" .build.id }}
    {{- end }}
spec:
  {{- if not .pool.autoscaling.enabled }}
  replicas: {{ .build.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: {{ .root.Values.strategy.maxSurge }}
      maxUnavailable: {{ .root.Values.strategy.maxUnavailable }}
  selector:
    matchLabels: {{- include "framework0.buildSelector" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "framework0.buildSelector" . | nindent 8 }}
        app.kubernetes.io/version: {{ .build.tag | quote }}
      {{- with .pool.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "framework0.poolName" . }}
      automountServiceAccountToken: {{ eq (include "framework0.seesClusters" .pool) "true" }}
      # A drain ends within its grace, cancelled activities say so within 5 s, the rest is for closing connections.
      terminationGracePeriodSeconds: {{ add .root.Values.shutdownGraceSeconds 10 }}
      securityContext: {{- include "framework0.podSecurityContext" .root | nindent 8 }}
      {{- include "framework0.scheduling" .root | nindent 6 }}
      topologySpreadConstraints: {{- include "framework0.spread" (include "framework0.buildSelector" .) | trim | nindent 8 }}
      containers:
        - name: worker
          image: {{ include "framework0.image" (dict "root" .root "repository" .pool.image.repository "tag" .build.tag "digest" .build.digest) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [worker]
          env: {{- include "framework0.poolEnv" . | nindent 12 }}
          {{- with include "framework0.envFrom" (dict "root" .root "more" .pool.envFrom) | trim }}
          envFrom: {{- . | nindent 12 }}
          {{- end }}
          ports:
            - { name: health, containerPort: 8080 }
            - { name: metrics, containerPort: 9090 }
          # Until the first contact with Temporal; a process that cannot make it ends by itself after 10 s.
          startupProbe:
            httpGet: { path: /health, port: health }
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: 30
          livenessProbe:
            httpGet: { path: /health, port: health }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          # Its own checks give up after 2 s.
          readinessProbe:
            httpGet: { path: /ready, port: health }
            periodSeconds: 5
            timeoutSeconds: 4
            failureThreshold: 2
          resources: {{- toYaml .pool.resources | nindent 12 }}
          securityContext: {{- include "framework0.containerSecurityContext" .root | nindent 12 }}
          volumeMounts: {{- include "framework0.poolMounts" . | nindent 12 }}
      volumes: {{- include "framework0.poolVolumes" . | nindent 8 }}
{{- end -}}

{{/* The builds of a pool, as JSON: the current one, and those before it whose runs are still open. */}}
{{- define "framework0.builds" -}}
{{- $tag := include "framework0.tag" .root -}}
{{- $builds := list (dict "id" (include "framework0.buildId" .root) "tag" $tag "digest" .pool.image.digest "replicas" .pool.replicas) -}}
{{- if .root.Values.versioning.enabled -}}
{{- range .root.Values.versioning.previous -}}
{{- $digest := get (.digests | default dict) $.name | default "" -}}
{{- $builds = append $builds (dict "id" (.buildId | default .tag) "tag" .tag "digest" $digest "replicas" (.replicas | default 1)) -}}
{{- end -}}
{{- end -}}
{{- toJson $builds -}}
{{- end -}}
