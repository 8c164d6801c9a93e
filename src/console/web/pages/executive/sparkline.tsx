import { figure } from '../../format/figure';
import { linePath, scaleOf } from '../../parts/chart-scale';
import { useWidth } from '../../parts/width';

const height = 44;

interface SparklineProps {
  readonly points: readonly { readonly at: string; readonly value: number | null }[];
  readonly target: number | null;
  readonly title: string;
  readonly unit: string;
}

/** The past of a figure, a point a day, with the line where it should be. */
export function Sparkline({ points, target, title, unit }: SparklineProps) {
  const [box, width] = useWidth<HTMLDivElement>(220);
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const frame = { width, height, left: 1, right: 4, top: 5, bottom: 4 };
  const scale = scaleOf(points, target === null ? [] : [target], frame, true);
  const last = points.findLast(({ value }) => value !== null);
  return (
    <div className="sparkline" ref={box}>
      {known.length < 2 ? null : (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${title}, ${points.length} days: from ${figure(known[0], unit)} to ${figure(known.at(-1), unit)}`}
        >
          {target === null ? null : <path className="spark-target" d={`M0 ${scale.y(target)}H${width}`} />}
          <path className="spark-line" d={linePath(points, scale)} />
          {last && last.value !== null ? (
            <circle className="chart-now" cx={scale.x(last.at)} cy={scale.y(last.value)} r="3" />
          ) : null}
        </svg>
      )}
    </div>
  );
}
