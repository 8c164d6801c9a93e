export { type ClusterAgentOptions, ensureClusterAgent, stopClusterAgent } from './launch';
export { type SupervisedAgent, type SuperviseOptions, superviseClusterAgent } from './supervise';
