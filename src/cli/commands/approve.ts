import { decisionVerb } from '../decision-verb';

export const configure = decisionVerb('approve', 'staging was quiet for a day');
