import type { StageOutline } from '../../../api';

export interface DagNode {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface DagLayout {
  readonly nodes: readonly DagNode[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: string }[];
  readonly nodeWidth: number;
  readonly width: number;
  readonly height: number;
}

export const nodeHeight = 104;
const gap = { along: 34, across: 14, down: 26 };
const nodeWidths = { least: 148, most: 232 };

/** Stages in ranks by their longest way from a start: from left to right, on a phone from top to bottom. */
export function layoutDag(stages: readonly StageOutline[], available: number, downwards: boolean): DagLayout {
  const ranks = ranksOf(stages);
  const widest = Math.max(1, ...ranks.map((rank) => rank.length));
  const columns = downwards ? widest : Math.max(1, ranks.length);
  const between = downwards ? gap.across : gap.along;
  const fitting = (available - between * (columns - 1)) / columns;
  const nodeWidth = downwards ? Math.max(120, fitting) : Math.min(nodeWidths.most, Math.max(nodeWidths.least, fitting));
  const across = downwards ? nodeWidth + gap.across : nodeHeight + gap.across;
  const extent = widest * across - gap.across;

  const nodes = ranks.flatMap((rank, index) => {
    const start = (extent - (rank.length * across - gap.across)) / 2;
    return rank.map((name, place): DagNode => {
      const side = start + place * across;
      return downwards
        ? { name, x: side, y: index * (nodeHeight + gap.down) }
        : { name, x: index * (nodeWidth + gap.along), y: side };
    });
  });
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const edges = stages.flatMap(({ name, requires }) =>
    requires.flatMap((required) => {
      const [from, to] = [byName.get(required), byName.get(name)];
      return from && to ? [{ from: required, to: name, path: edgePath(from, to, nodeWidth, downwards) }] : [];
    }),
  );
  return {
    nodes,
    edges,
    nodeWidth,
    width: downwards ? extent : ranks.length * (nodeWidth + gap.along) - gap.along,
    height: downwards ? ranks.length * (nodeHeight + gap.down) - gap.down : extent,
  };
}

function ranksOf(stages: readonly StageOutline[]): readonly (readonly string[])[] {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const known = new Map<string, number>();
  // A document with a cycle never runs; the guard is for whatever else the page may be given.
  const rank = (name: string, above: ReadonlySet<string>): number => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const requires = (byName.get(name)?.requires ?? []).filter((one) => byName.has(one) && !above.has(one));
    const value =
      requires.length === 0 ? 0 : 1 + Math.max(...requires.map((one) => rank(one, new Set([...above, name]))));
    known.set(name, value);
    return value;
  };
  const ranks: string[][] = [];
  for (const { name } of stages) {
    const at = rank(name, new Set());
    ranks[at] = [...(ranks[at] ?? []), name];
  }
  return ranks;
}

function edgePath(from: DagNode, to: DagNode, width: number, downwards: boolean): string {
  if (downwards) {
    const [x1, y1, x2, y2] = [from.x + width / 2, from.y + nodeHeight, to.x + width / 2, to.y];
    const bend = (y1 + y2) / 2;
    return `M${x1} ${y1}C${x1} ${bend} ${x2} ${bend} ${x2} ${y2}`;
  }
  const [x1, y1, x2, y2] = [from.x + width, from.y + nodeHeight / 2, to.x, to.y + nodeHeight / 2];
  const bend = (x1 + x2) / 2;
  return `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
}
