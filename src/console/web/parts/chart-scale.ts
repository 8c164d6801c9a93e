import type { ChartPoint } from '../../api';

export interface Scale {
  readonly x: (at: string) => number;
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Three or four round ticks, from zero on: a figure that looks alarming only because its axis was cut is a lie. A
 * sparkline has no axis, and shows the shape alone: `tight`.
 */
export function scaleOf(points: readonly ChartPoint[], limits: readonly number[], frame: Frame, tight = false): Scale {
  const times = points.map(({ at }) => Date.parse(at));
  const first = Math.min(...times);
  const span = Math.max(1, Math.max(...times) - first);
  const values = [...points.flatMap(({ value }) => (value === null ? [] : [value])), ...limits, ...(tight ? [] : [0])];
  const step = roundStep(Math.max(...values) * 1.08 - Math.min(...values));
  const inner = { width: frame.width - frame.left - frame.right, height: frame.height - frame.top - frame.bottom };
  const x = (at: string) => frame.left + ((Date.parse(at) - first) / span) * inner.width;
  if (tight) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const height = Math.max(most - least, Number.MIN_VALUE);
    return { x, y: (value) => frame.top + (1 - (value - least) / height) * inner.height, ticks: [] };
  }
  const low = Math.floor(Math.min(...values) / step) * step;
  const high = Math.max(low + step, Math.ceil((Math.max(...values) * 1.04) / step) * step);
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => low + index * step);
  return {
    x,
    y: (value) => frame.top + (1 - (value - low) / (high - low)) * inner.height,
    ticks,
  };
}

function roundStep(span: number): number {
  if (!(span > 0)) return 1;
  const raw = span / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
}

/** A line that is broken where nothing was measured. */
export function linePath(points: readonly ChartPoint[], { x, y }: Scale): string {
  let pen = 'M';
  let path = '';
  for (const { at, value } of points) {
    if (value === null) pen = 'M';
    else {
      path += `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
    }
  }
  return path;
}
