import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { find, leastValues, refusal, render } from './chart';
import { describeWith, root } from './tools';

const { groups } = parse(readFileSync(join(root, 'deploy', 'prometheus', 'framework0.rules.yml'), 'utf8')) as {
  groups: readonly { readonly name: string }[];
};

describeWith('helm', 'the PrometheusRule of the chart', (helm) => {
  it('is not there unless it is asked for', () => {
    expect(render(helm).map(({ kind }) => kind)).not.toContain('PrometheusRule');
  });

  it('has the rules as they are tested, under the labels that a Prometheus looks for', () => {
    const prometheusRule = { enabled: true, labels: { release: 'monitoring' } };
    const rule = find(render(helm, { ...leastValues, prometheusRule }), 'PrometheusRule', 'f0-framework0');

    expect(rule.metadata.labels.release).toBe('monitoring');
    expect(rule.spec.groups).toEqual(groups);
  });

  it('leaves out the groups that are named, and refuses names that there are not', () => {
    const without = ['framework0.slo', 'framework0.applications'];
    const objects = render(helm, { ...leastValues, prometheusRule: { enabled: true, without } });

    expect(find(objects, 'PrometheusRule', 'f0-framework0').spec.groups).toEqual(
      groups.filter(({ name }) => !without.includes(name)),
    );
    expect(refusal(helm, { ...leastValues, prometheusRule: { without: ['slo'] } })).toContain(
      '/prometheusRule/without/0',
    );
  });
});
