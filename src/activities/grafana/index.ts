export { GrafanaApi, type GrafanaOptions } from './grafana-api';
export { type Dashboard, type PushedDashboard, pushDashboards } from './push-dashboards';
