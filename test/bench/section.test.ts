import { withSection } from '../../bench/section';

describe('the parts of docs/performance.md', () => {
  const both = withSection(withSection('# Performance\n', 'bench', 'pipelines'), 'bench:kubernetes', 'deployments');

  it('stand one after the other, in the order they were first written', () => {
    expect(both.replaceAll(/<!-- .* -->/g, '').split(/\s+/)).toEqual([
      '#',
      'Performance',
      'pipelines',
      'deployments',
      '',
    ]);
  });

  it.each([
    ['bench', 'faster pipelines', 'deployments'],
    ['bench:kubernetes', 'faster deployments', 'pipelines'],
  ])('npm run %s replaces its own part and keeps the other', (owner, text, kept) => {
    const again = withSection(both, owner, text);

    expect(again).toContain(`\n${text}\n`);
    expect(again).toContain(`\n${kept}\n`);
    expect(again.length - both.length).toBe('faster '.length);
  });

  it('is the same when the same is written twice', () => {
    expect(withSection(both, 'bench', 'pipelines')).toBe(both);
  });
});
