/** A node of the stage DAG. */
export interface Ordered {
  readonly name: string;
  readonly requires: readonly string[];
}

/** An order in which every stage comes after what it requires, as near to the document's order as that allows. */
export function stageOrder<Stage extends Ordered>(stages: readonly Stage[]): readonly Stage[] {
  const placed = new Set<string>();
  const order: Stage[] = [];
  let rest = [...stages];
  while (rest.length > 0) {
    const next = rest.filter(({ requires }) => requires.every((name) => placed.has(name)));
    if (next.length === 0) return order;
    for (const stage of next) placed.add(stage.name);
    order.push(...next);
    rest = rest.filter((stage) => !placed.has(stage.name));
  }
  return order;
}

/** One cycle, its first name repeated at the end; null when there is none. */
export function findCycle(stages: readonly Ordered[]): readonly string[] | null {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const ordered = new Set(stageOrder(stages).map(({ name }) => name));
  const stuck = stages.filter(({ name }) => !ordered.has(name));
  // Every stuck stage waits for another stuck one: following those leads into a cycle.
  const walk: string[] = [];
  let current = stuck[0]?.name;
  while (current !== undefined) {
    const seen = walk.indexOf(current);
    if (seen >= 0) return [...walk.slice(seen), current];
    walk.push(current);
    current = byName.get(current)?.requires.find((name) => byName.has(name) && !ordered.has(name));
  }
  return null;
}

/** All that must have ended before this stage, by name. */
export function ancestorsOf(name: string, stages: readonly Ordered[]): ReadonlySet<string> {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const found = new Set<string>();
  const queue = [...(byName.get(name)?.requires ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    queue.push(...(byName.get(next)?.requires ?? []));
  }
  return found;
}
