export { createArtifactStore, digestOf, type FolderStoreOptions } from './folder-store';
export { linkFault, pathFault } from './package-paths';
export type { ArtifactStore } from './port';
export { formatBytes, storageFailure } from './storage-failure';
