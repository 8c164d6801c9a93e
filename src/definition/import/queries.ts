import { z } from 'zod';
import { unknownAddress } from './platform-draft';
import type { ImportReport, Place } from './report';

const url = z.url();

/** The address of a Prometheus server; where none can be read, one that a person has to replace. */
export function readAddress(text: string | null, place: Place, report: ImportReport): string {
  if (text !== null && url.safeParse(text).success) return text;
  const found = text === null || text === '' ? 'where Prometheus is, the files do not say' : `"${text}" is no address`;
  report.unsupported(place, `${found}: ${unknownAddress} stands in its place`, 'set url of the metric source');
  return unknownAddress;
}

/** A query that does not say which release it means measures the old one and the new one together. */
export function checkRelease(query: string, place: Place, report: ImportReport): void {
  if (/\{\{\s*release\s*\}\}/.test(query)) return;
  report.unsupported(
    place,
    'the query does not say which release it measures',
    'add a label with {{release}} to queries of the metric source; {{app}}, {{environment}} and {{window}} are there too',
  );
}
