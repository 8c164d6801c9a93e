import { decisionVerb } from '../decision-verb';

export const configure = decisionVerb('reject', 'waits for the database change');
