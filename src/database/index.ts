export { genesisHash } from './migrations';
export { type Database, type DatabaseOptions, openDatabase } from './open-database';
export type { Schema } from './schema';
