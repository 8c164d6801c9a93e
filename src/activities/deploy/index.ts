export { createDeployActivities } from './activities';
export type { DeployContext, DeployTarget, DeployTargets } from './port';
export { createDeployTargets, type DeployTargetsOptions } from './targets';
