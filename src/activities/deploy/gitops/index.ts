export type { PullRequest, PullRequests } from './port';
export { createGitOpsTarget, type GitOpsTargetOptions } from './target';
