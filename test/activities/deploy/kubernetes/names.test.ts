import { canaryServiceOf, deploymentOf, labelValue, slugOf } from '../../../../src/activities/deploy/kubernetes/names';

describe('names of objects', () => {
  it.each([
    ['1.0.0', '1-0-0'],
    ['20261124', '20261124'],
  ])('the slug of %s is %s', (release, slug) => {
    expect(slugOf(release)).toBe(slug);
  });

  it('releases that differ have slugs that differ', () => {
    const releases = [
      '1.0.0',
      '1-0-0',
      '1_0_0',
      '1.0.0+a',
      '1.0.0-a',
      'V1',
      'v1',
      'v1.',
      `${'a'.repeat(40)}1`,
      `${'a'.repeat(40)}2`,
    ];
    expect(new Set(releases.map(slugOf)).size).toBe(releases.length);
    for (const release of releases) expect(slugOf(release)).toMatch(/^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?$/);
  });

  it('leave room for what Kubernetes adds', () => {
    const name = deploymentOf('w'.repeat(63), 'r'.repeat(63));
    expect(name.length).toBeLessThanOrEqual(46);
    expect(deploymentOf('shop', '1.0.0')).toBe('shop-1-0-0');
    expect(canaryServiceOf('s'.repeat(63)).length).toBeLessThanOrEqual(63);
  });

  it('end as a label must', () => {
    expect(labelValue('shop')).toBe('shop');
    expect(labelValue('shop.')).toMatch(/^shop-[0-9a-f]{6}$/);
  });
});
