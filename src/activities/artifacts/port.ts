/** A content-addressed store: what goes in is named by its SHA-256, and never changes. */
export interface ArtifactStore {
  /** Stores bytes; answers `sha256:<hex>`. Storing the same bytes again is free. Throws `Unavailable` when the disk is full. */
  putBytes(content: Uint8Array): Promise<string>;
  /** Stores a file by moving or copying it in. */
  putFile(path: string): Promise<{ readonly digest: string; readonly sizeBytes: number }>;
  /** Throws `NotFound` for an unknown digest, `Conflict` when the stored bytes no longer match it. */
  readBytes(digest: string): Promise<Uint8Array>;
  /** Unpacks a package (gzipped tar) into a folder that did not exist; done twice it is done once. */
  unpack(digest: string, folder: string): Promise<void>;
}
