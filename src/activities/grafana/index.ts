export { GrafanaApi, type GrafanaOptions, notGrafana } from './grafana-api';
export { type Dashboard, type PushedDashboard, pushDashboards } from './push-dashboards';
