import { changeFailureBand, frequencyBand, leadTimeBand, recoveryBand } from '../../../src/analytics/kpis/bands';

const hour = 3_600;
const day = 24 * hour;

describe('the levels of DORA', () => {
  it('of the deployment frequency, a day', () => {
    expect([3, 1, 1 / 7, 1 / 8, 1 / 30, 1 / 31, 0].map(frequencyBand)).toEqual([
      'elite',
      'high',
      'high',
      'medium',
      'medium',
      'low',
      'low',
    ]);
  });

  it('of the lead time', () => {
    expect([day - 1, day, 7 * day - 1, 7 * day, 30 * day - 1, 30 * day].map(leadTimeBand)).toEqual([
      'elite',
      'high',
      'high',
      'medium',
      'medium',
      'low',
    ]);
  });

  it('of the recovery time', () => {
    expect([hour - 1, hour, day - 1, day, 7 * day].map(recoveryBand)).toEqual([
      'elite',
      'high',
      'high',
      'medium',
      'low',
    ]);
  });

  it('of the change failure rate', () => {
    expect([0, 0.05, 0.1, 0.15, 0.16, 1].map(changeFailureBand)).toEqual([
      'elite',
      'elite',
      'high',
      'medium',
      'low',
      'low',
    ]);
  });
});
