import type { DemoRelease, DemoReport } from '../../embedded/demo/report';
import type { Colours } from '../context';
import { phaseMark, phaseName } from './phase';
import { sayDuration } from './time';

/** What the demo showed, for people. */
export function demoText(report: DemoReport, colours: Colours): string {
  const blocks = report.releases.map((release) => releaseLines(release, colours).join('\n'));
  const asExpected = report.releases.filter((release) => release.asExpected).length;
  const verdict = report.ok
    ? colours.green(`All ${asExpected} releases ended as expected`)
    : colours.red(`${asExpected} of ${report.releases.length} releases ended as expected`);
  const kept = `State is kept in ${report.home}; look at it with \`f0 audit verify --home ${report.home}\`.`;
  return [colours.bold('Summary'), ...blocks, `${verdict}, in ${sayDuration(report.seconds)}.`, colours.dim(kept)].join(
    '\n\n',
  );
}

function releaseLines(release: DemoRelease, colours: Colours): readonly string[] {
  const { requests } = release;
  const lines: readonly (readonly [string, string])[] = [
    ['why', release.reason],
    ['approved by', release.approvedBy.join(', ') || 'nobody was asked'],
    ...release.reasons.slice(0, 6).map((reason) => ['figures', reason.message] as const),
    ['decided in', seconds(release.secondsToDecide)],
    ['rolled back in', seconds(release.secondsToRollBack)],
    ['requests', `${requests.sent} sent, ${requests.failed} answered with an error, ${requests.dropped} dropped`],
    ...release.faults.map((fault) => ['not expected', colours.red(fault)] as const),
  ];
  const head = `${phaseMark(release.phase, colours)} ${colours.bold(release.release)}  ${phaseName(release.phase, colours)}  ${colours.dim(sayDuration(release.seconds))}`;
  return [head, ...lines.filter(([, text]) => text !== '').map(([name, text]) => `    ${name.padEnd(15)}${text}`)];
}

function seconds(value: number | null): string {
  return value === null ? '' : sayDuration(value);
}
