import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { type Diagnostic, type PathSegment, printPath } from './diagnostic';

export interface Fault {
  readonly path: readonly PathSegment[];
  readonly message: string;
  readonly expected?: string | null;
  readonly suggestion?: string | null;
  /** Point at the key instead of its value: for keys that should not be there. */
  readonly atKey?: boolean;
  /** It follows from which fields are there, and so says nothing where one of them could not be read. */
  readonly shape?: boolean;
}

/** What is one segment further down a path. */
interface Step {
  readonly node: Node | null;
  readonly offset: number;
  readonly keyOffset: number;
}

/** Finds the line and column of a path in a YAML document. */
export class SourceMap {
  constructor(
    readonly file: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  /** By map: a document may have tens of thousands of fields in one, and as many faults. */
  private readonly pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

  /** A path that is not there is placed at the nearest thing around it that is. */
  diagnostic({ path, message, expected = null, suggestion = null, atKey = false }: Fault): Diagnostic {
    const { line, col } = this.lines.linePos(this.offsetOf(path, atKey));
    return { file: this.file, line, column: col, path: printPath(path), message, expected, suggestion };
  }

  private offsetOf(path: readonly PathSegment[], atKey: boolean): number {
    let node: Node | null = isNode(this.document.contents) ? this.document.contents : null;
    let offset = node?.range?.[0] ?? 0;
    for (const [index, segment] of path.entries()) {
      const step = this.into(node, segment);
      if (!step) return offset;
      const last = index === path.length - 1;
      offset = last && atKey ? step.keyOffset : step.offset;
      node = step.node;
    }
    return offset;
  }

  private into(node: Node | null, segment: PathSegment): Step | null {
    const target = this.named(node);
    if (isSeq(target) && typeof segment === 'number') {
      const item = target.items[segment];
      if (!isNode(item)) return null;
      const offset = item.range?.[0] ?? 0;
      return { node: item as Node, offset, keyOffset: offset };
    }
    if (!isMap(target)) return null;
    const pair = this.pairsOf(target).get(String(segment));
    if (!pair || !isScalar(pair.key)) return this.intoMerged(target, segment);
    const keyOffset = pair.key.range?.[0] ?? 0;
    const value = isNode(pair.value) ? (pair.value as Node) : null;
    const empty = value === null || (isScalar(value) && value.value === null);
    return { node: value, offset: empty ? keyOffset : (value?.range?.[0] ?? keyOffset), keyOffset };
  }

  /** What a map takes over by `<<` stands elsewhere. */
  private intoMerged(map: YAMLMap, segment: PathSegment): Step | null {
    const merged = map.items.find(({ key }) => isScalar(key) && typeof key.value === 'symbol');
    const source = isNode(merged?.value) ? this.named(merged.value as Node) : null;
    for (const one of isSeq(source) ? source.items : [source]) {
      const step = isNode(one) ? this.into(one as Node, segment) : null;
      if (step) return step;
    }
    return null;
  }

  /** What an alias stands for. */
  private named(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.document) ?? null) : node;
  }

  private pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.pairs.get(map);
    if (known) return known;
    const pairs = new Map<string, Pair>();
    for (const pair of map.items) {
      if (isScalar(pair.key) && !pairs.has(String(pair.key.value))) pairs.set(String(pair.key.value), pair);
    }
    this.pairs.set(map, pairs);
    return pairs;
  }
}
