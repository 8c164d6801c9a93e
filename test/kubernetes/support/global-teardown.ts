import { stopSharedClusters } from './shared-clusters';

module.exports = stopSharedClusters;
