import type { StageOutline } from '../../../src/console/api';
import { layoutDag } from '../../../src/console/web/pages/run/dag-layout';

const stage = (name: string, ...requires: string[]): StageOutline => ({
  name,
  kind: 'run',
  requires,
  gates: [],
  environment: null,
  strategy: null,
});
const diamond = [stage('a'), stage('b', 'a'), stage('c', 'a'), stage('d', 'b', 'c')];

describe('the drawing of a DAG', () => {
  it('puts every stage behind all that it requires', () => {
    const { nodes, edges } = layoutDag(diamond, 1000, false);
    const x = (name: string) => nodes.find((node) => node.name === name)!.x;
    expect(edges).toHaveLength(4);
    for (const { from, to } of edges) expect(x(from)).toBeLessThan(x(to));
    expect(x('b')).toBe(x('c'));
  });

  it('goes downwards where there is no room, as wide as the room', () => {
    const { nodes, width } = layoutDag(diamond, 320, true);
    expect(width).toBe(320);
    expect(nodes.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(nodes[3]!.y).toBeGreaterThan(nodes[1]!.y);
  });

  it('ends for a cycle too', () => {
    expect(layoutDag([stage('a', 'b'), stage('b', 'a')], 500, false).nodes).toHaveLength(2);
  });
});
