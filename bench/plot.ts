import { burstRatio, type Measured } from './report';

const [width, rowHeight, left, barWidth] = [640, 34, 250, 300];

/** Bars of what the pipeline reaches of the bare workflow's rate, with the aim as a line: an SVG without a library. */
export function ratioPlot({ throughput }: Measured): string {
  const bars = throughput.flatMap((rounds) => {
    const { bare, pipeline } = rounds;
    const { runs, startsPerSecond } = pipeline.opened;
    return [
      { label: `${runs} starts`, ratio: startsPerSecond / bare.opened.startsPerSecond },
      { label: `${runs / 2} approvals at once`, ratio: burstRatio(rounds) },
    ];
  });
  const scale = barWidth / Math.max(1.2, ...bars.map(({ ratio }) => ratio));
  const height = bars.length * rowHeight + 60;
  const rows = bars.map(({ label, ratio }, index) => {
    const y = 20 + index * rowHeight;
    return `<text x="${left - 12}" y="${y + 17}" text-anchor="end">${label}</text><rect x="${left}" y="${y}" width="${(ratio * scale).toFixed(1)}" height="22" rx="3" fill="#4c8bf5"/><text x="${(left + ratio * scale + 8).toFixed(1)}" y="${y + 17}">${ratio.toFixed(2)}</text>`;
  });
  const aim = left + 0.8 * scale;
  const bare = left + scale;
  const bottom = height - 32;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#333">
<title>Rate of pipeline runs as a share of the bare workflow's</title><rect width="100%" height="100%" fill="#fff"/>
${rows.join('\n')}
<line x1="${aim}" x2="${aim}" y1="10" y2="${bottom}" stroke="#c0392b" stroke-dasharray="4 3"/><text x="${aim}" y="${bottom + 18}" text-anchor="middle" fill="#c0392b">aim 0.8</text>
<line x1="${bare}" x2="${bare}" y1="10" y2="${bottom}" stroke="#888"/><text x="${bare}" y="${bottom + 18}" text-anchor="middle" fill="#666">bare</text>
</svg>
`;
}
