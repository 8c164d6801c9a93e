/** Opens the pull request of a branch that was pushed, through the API of a forge. */
export interface PullRequests {
  /** The address that people find it at. Asked again for the same branch, it answers the one that is open. */
  open(request: PullRequest): Promise<string>;
}

export interface PullRequest {
  readonly repository: string;
  readonly branch: string;
  /** The branch that it is to be merged into. */
  readonly into: string;
  readonly title: string;
  readonly body: string;
}
