import { startSharedClusters } from './shared-clusters';

module.exports = startSharedClusters;
