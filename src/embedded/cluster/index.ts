export { type ClusterAgentOptions, ensureClusterAgent, stopClusterAgent } from './launch';
