/** What `f0 init` writes, by file name: documents that validate, for an app called `name`. */
export function starterFiles(name: string): Readonly<Record<string, string>> {
  return { 'f0.app.yaml': app(name), 'workflow.yaml': workflow(name), 'platform.yaml': platform() };
}

const app = (name: string) => `# How ${name} is built, tested and started. Commands run in this folder.
apiVersion: framework0.io/v1
kind: App
metadata:
  name: ${name}
spec:
  build:
    - echo "nothing to compile"
  # Starts one replica. It gets PORT, F0_RELEASE and F0_ENVIRONMENT.
  start: node server.js
  health: /healthz
  # Prometheus metrics; without them every condition is unknown, and gates hold.
  metrics:
    path: /metrics
    requests: http_requests_total
    status_label: status
    duration: http_request_duration_seconds
  tests:
    unit_tests: node --test
`;

const workflow = (name: string) => `# How a release of ${name} travels.
apiVersion: framework0.io/v1
kind: ProductionWorkflow
metadata:
  name: ${name}
  namespace: default
spec:
  environments:
    staging:
      cluster: local
      auto_promote: true
    production:
      cluster: local
      approval_required: true
      deployment_strategy: blue_green
  pipeline_stages:
    - name: build_and_test
      uses: exercise8/container-build
      tests: [unit_tests]
    - name: deploy_staging
      environment: staging
      validation:
        duration: 5m
        success_criteria: "error_rate < 1%"
    - name: deploy_production
      environment: production
      requires: [deploy_staging]
      monitoring:
        rollback_triggers: ["error_rate > 2%", "latency_p95 > 1.5s"]
`;

const platform = () => `# The operator's side: where releases run, what measures them, who may approve.
apiVersion: framework0.io/v1
kind: ProductionPlatform
metadata:
  name: platform
spec:
  clusters:
    local:
      type: local
`;
