/** Small enough to be read at once, and whole. */
export const starter = `apiVersion: framework0.io/v1
kind: ProductionWorkflow
metadata: { name: checkout, namespace: shop }
spec:
  environments:
    staging: { cluster: local }
    production: { cluster: local, approval_required: true }
  pipeline_stages:
    - name: build
      uses: exercise8/container-build
      tests: [unit_tests]
    - name: staging
      environment: staging
    - name: production
      environment: production
      strategy: { canary: { steps: [{ weight: 10 }, { analyze: 5m }, { weight: 100 }] } }
      monitoring: { rollback_triggers: ["error_rate > 2%"] }
`;
