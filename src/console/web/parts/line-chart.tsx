import { type PointerEvent, useState } from 'react';
import type { ChartPoint, MetricChart } from '../../api';
import { figure } from '../format/figure';
import { timeOfDay } from '../format/time';
import { type Frame, linePath, scaleOf } from './chart-scale';
import { useWidth } from './width';

const height = 168;

/** A metric of the candidate beside that of the baseline, and the lines that it must not cross. */
export function LineChart({ chart }: { readonly chart: MetricChart }) {
  const [box, width] = useWidth<HTMLDivElement>(240);
  const [hover, setHover] = useState<number | null>(null);
  const frame: Frame = { width, height, left: 52, right: 12, top: 10, bottom: 22 };
  const all = [...chart.candidate, ...chart.baseline];
  const scale = scaleOf(
    all,
    chart.thresholds.map(({ value }) => value),
    frame,
  );
  const times = chart.candidate.map(({ at }) => at);
  const shown = hover === null ? null : nearest(chart.candidate, hover, scale.x);
  const beside = shown === null ? null : nearest(chart.baseline, scale.x(shown.at), scale.x);
  const last = lastOf(chart.candidate);
  const lastBeside = lastOf(chart.baseline);

  return (
    <figure className="chart">
      <figcaption className="row spread">
        <span className="chart-title mono">{chart.metric}</span>
        <span className="chart-legend small">
          <span className="key candidate">
            candidate <b>{figure((shown ?? last)?.value, chart.unit)}</b>
          </span>
          {chart.baseline.length > 0 ? (
            <span className="key baseline">
              baseline <b>{figure((beside ?? lastBeside)?.value, chart.unit)}</b>
            </span>
          ) : null}
          {shown ? <span className="faint mono">{timeOfDay(shown.at)}</span> : null}
        </span>
      </figcaption>
      <div ref={box} className="chart-box">
        {all.length === 0 ? (
          <p className="faint small">No sample yet.</p>
        ) : (
          <svg
            width={width}
            height={height}
            role="img"
            aria-label={summary(chart, last, lastBeside)}
            onPointerMove={(event: PointerEvent<SVGSVGElement>) =>
              setHover(event.clientX - event.currentTarget.getBoundingClientRect().left)
            }
            onPointerLeave={() => setHover(null)}
          >
            {scale.ticks.map((tick) => (
              <g key={tick}>
                <path className="grid-line" d={`M${frame.left} ${scale.y(tick)}H${width - frame.right}`} />
                <text className="tick" x={frame.left - 8} y={scale.y(tick) + 4} textAnchor="end">
                  {figure(tick, chart.unit)}
                </text>
              </g>
            ))}
            {[times[0], times.at(-1)].map((at, index) =>
              at === undefined ? null : (
                <text
                  key={index === 0 ? 'first' : 'last'}
                  className="tick"
                  x={index === 0 ? frame.left : width - frame.right}
                  y={height - 5}
                  textAnchor={index === 0 ? 'start' : 'end'}
                >
                  {timeOfDay(at)}
                </text>
              ),
            )}
            <path className="chart-baseline" d={linePath(chart.baseline, scale)} />
            <path className="chart-candidate" d={linePath(chart.candidate, scale)} />
            {chart.thresholds.map(({ condition, value }) => (
              <g key={condition}>
                <path className="chart-limit" d={`M${frame.left} ${scale.y(value)}H${width - frame.right}`} />
                <text className="limit-name" x={width - frame.right} y={scale.y(value) - 5} textAnchor="end">
                  {condition}
                </text>
              </g>
            ))}
            {last && last.value !== null ? (
              <circle className="chart-now" cx={scale.x(last.at)} cy={scale.y(last.value)} r="3.500" />
            ) : null}
            {shown ? (
              <path className="cross" d={`M${scale.x(shown.at)} ${frame.top}V${height - frame.bottom}`} />
            ) : null}
          </svg>
        )}
      </div>
    </figure>
  );
}

function nearest(points: readonly ChartPoint[], pixel: number, x: (at: string) => number): ChartPoint | null {
  const distance = ({ at }: ChartPoint) => Math.abs(x(at) - pixel);
  return points.reduce<ChartPoint | null>(
    (best, point) => (best === null || distance(point) < distance(best) ? point : best),
    null,
  );
}

const lastOf = (points: readonly ChartPoint[]): ChartPoint | null =>
  points.findLast(({ value }) => value !== null) ?? null;

function summary({ metric, unit, thresholds }: MetricChart, candidate: ChartPoint | null, baseline: ChartPoint | null) {
  const limits = thresholds.map(({ condition }) => condition).join(', ');
  const against = baseline === null ? '' : `, baseline ${figure(baseline.value, unit)}`;
  return `${metric}: candidate ${figure(candidate?.value, unit)}${against}${limits === '' ? '' : `; limit ${limits}`}`;
}
