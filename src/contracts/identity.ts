/** Who acts. Roles never come from here: they are looked up in the platform's directory. */
export interface Identity {
  readonly name: string;
  /**
   * How the name was established: `os` and `cli` (the embedded default) are claims; `oidc` and `signed` are believed only
   * of a message with a proof.
   */
  readonly source: 'os' | 'cli' | 'oidc' | 'signed' | 'system';
}

export const systemIdentity: Identity = { name: 'framework0', source: 'system' };
