{{/* What a schema cannot see: values that need each other. All of it at once. */}}
{{- define "framework0.check" -}}
{{- $faults := list -}}
{{- $values := .Values -}}
{{- if not (or $values.temporal.address $values.temporal.existingConfigMap) -}}
{{- $faults = append $faults "temporal.address is empty: give host:port, or temporal.existingConfigMap with TEMPORAL_ADDRESS" -}}
{{- end -}}
{{- $tls := $values.temporal.tls -}}
{{- if and (or $tls.ca $tls.clientCertificate) (not (and $tls.enabled $tls.existingSecret)) -}}
{{- $faults = append $faults "temporal.tls.ca and temporal.tls.clientCertificate are files of temporal.tls.existingSecret: name it, and set temporal.tls.enabled" -}}
{{- end -}}
{{- $served := dict -}}
{{- range $name, $pool := $values.pools -}}
{{- range $pool.taskQueues -}}{{- $_ := set $served . true -}}{{- end -}}
{{- if $pool.enabled -}}
{{- if and (include "framework0.usesDatabase" $pool) (not $values.database.existingSecret) -}}
{{- $faults = append $faults (printf "pools.%s serves a queue that needs the database: database.existingSecret names the Secret with %s" $name $values.database.key) -}}
{{- end -}}
{{- if and $pool.autoscaling.enabled (not $values.temporal.address) -}}
{{- $faults = append $faults (printf "pools.%s.autoscaling asks Temporal for the backlog: temporal.address has to be set" $name) -}}
{{- end -}}
{{- if and $pool.autoscaling.enabled (lt (int $pool.autoscaling.maxReplicas) (int $pool.replicas)) -}}
{{- $faults = append $faults (printf "pools.%s.autoscaling.maxReplicas is %v, less than its replicas, %v" $name $pool.autoscaling.maxReplicas $pool.replicas) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range list "f0-orchestrate" "f0-deploy" "f0-observe" "f0-integrate" "f0-operate" -}}
{{- if not (hasKey $served .) -}}
{{- $faults = append $faults (printf "no pool has the task queue %s: runs would wait for it for ever; if other workers serve it, give it to a pool with enabled: false" .) -}}
{{- end -}}
{{- end -}}
{{- $console := $values.console -}}
{{- if $console.enabled -}}
{{- if not $console.platform.existingConfigMap -}}
{{- $faults = append $faults (printf "console.platform.existingConfigMap is empty: name the ConfigMap whose key %s is the ProductionPlatform with identity.oidc, by which people sign in" $console.platform.key) -}}
{{- end -}}
{{- if not $values.database.existingSecret -}}
{{- $faults = append $faults (printf "console.enabled needs the database: database.existingSecret names the Secret with %s" $values.database.key) -}}
{{- end -}}
{{- if hasKey $values.pools "console" -}}
{{- $faults = append $faults "pools.console has the name of the console's own Deployment: give the pool another one" -}}
{{- end -}}
{{- if and $console.ingress.enabled (not $console.publicUrl) -}}
{{- $faults = append $faults "console.ingress.enabled needs console.publicUrl: its host is what the Ingress answers to, and where the identity provider sends people back to" -}}
{{- end -}}
{{- if and $console.ingress.enabled $values.networkPolicy.enabled (not $values.networkPolicy.consoleFrom) -}}
{{- $faults = append $faults "console.ingress.enabled needs networkPolicy.consoleFrom: without it the pods of your ingress controller do not get through" -}}
{{- end -}}
{{- end -}}
{{- if and (eq (toString $values.strategy.maxSurge) "0") (eq (toString $values.strategy.maxUnavailable) "0") -}}
{{- $faults = append $faults "strategy.maxSurge and strategy.maxUnavailable are both 0: no pod could ever be replaced" -}}
{{- end -}}
{{- if $faults -}}
{{- fail (printf "\n\nThese values cannot work:\n  - %s\n" (join "\n  - " $faults)) -}}
{{- end -}}
{{- end -}}
