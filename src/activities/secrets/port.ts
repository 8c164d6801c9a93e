/** Looks secrets up when they are needed. Only activities hold one: values never enter a workflow. */
export interface SecretResolver {
  /**
   * The value behind `secret://provider/name`.
   * Throws `InvalidInput` for a reference that can never be resolved, `NotFound` for a secret that does not exist,
   * `PermissionDenied` for one that others can read. Messages name secrets, never values.
   */
  resolve(reference: string): Promise<string>;
}

/** One place where secrets are kept. A new provider is one file and one line in `resolver.ts`. */
export interface SecretProvider {
  /** Null: there is no such secret. */
  read(name: string): Promise<string | null>;
  /** Names (never values) to suggest when a secret is missing. */
  names(): Promise<readonly string[]>;
  /** Where it looks, for messages: "the environment", "the folder /etc/f0/secrets". */
  readonly place: string;
}
