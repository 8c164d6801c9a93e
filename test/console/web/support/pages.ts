import { canaryId } from './fixtures/run-canary';
import { rolledBackId } from './fixtures/run-rolled-back';

export interface PageUnderTest {
  readonly name: string;
  readonly path: string;
  /** A text that is there when the page has its data. */
  readonly shows: string;
}

const run = (id: string): string => `/runs/${id}`;

export const pagesUnderTest: readonly PageUnderTest[] = [
  { name: 'estate', path: '/', shows: 'What runs where' },
  { name: 'pipelines', path: '/pipelines', shows: 'checkout' },
  { name: 'run', path: run(canaryId), shows: 'The verdict as it stands' },
  { name: 'run-rolled-back', path: run(rolledBackId), shows: 'What decided' },
  { name: 'approvals', path: '/approvals', shows: 'What changes' },
  { name: 'alerts', path: '/alerts', shows: 'error_budget_burn' },
  { name: 'executive', path: '/executive', shows: 'Deployment frequency' },
  { name: 'audit', path: '/audit', shows: 'approval.refused' },
  { name: 'tokens', path: '/tokens', shows: 'release-bot' },
  { name: 'plan', path: '/plan', shows: 'Document' },
];
