export { alerting } from './alerting';
export { deployEvents } from './deploy-events';
export { deployment } from './deployment';
export { drift } from './drift';
export { environment } from './environment';
export { guardian } from './guardian';
export { pipeline } from './pipeline';
export { preview } from './preview';
