import canonicalize from 'canonicalize';
import { z } from 'zod';
import { failure } from '../../contracts/errors';
import { type GrafanaApi, notGrafana } from './grafana-api';

/** As Grafana's own JSON has it. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly [field: string]: unknown;
}

export interface PushedDashboard {
  readonly uid: string;
  readonly title: string;
  readonly state: 'created' | 'changed' | 'unchanged';
  readonly url: string;
}

const foldersSchema = z.array(z.object({ uid: z.string(), title: z.string() }));
const folderSchema = z.object({ uid: z.string() });
const foundSchema = z.object({
  dashboard: z.looseObject({ version: z.number() }),
  meta: z.object({
    folderUid: z.string().default(''),
    url: z.string().default(''),
    provisioned: z.boolean().default(false),
  }),
});
const savedSchema = z.object({ url: z.string() });

/** So many folders Grafana lists at most; their titles are searched by us, because its search is for parts of words. */
const mostFolders = 1_000;

/**
 * Makes dashboards what they are here, by their uid, in a folder of that title, which is made where there is none. One
 * that is so already is left alone, so that it gets no new version; one that somebody has changed by hand is put back.
 *
 * Thrown: `PermissionDenied`, `Conflict` (somebody saves the same dashboard at this moment), `Unavailable`, `Timeout`,
 * `InvalidInput`.
 */
export async function pushDashboards(
  api: GrafanaApi,
  folder: string,
  dashboards: readonly Dashboard[],
): Promise<readonly PushedDashboard[]> {
  const folderUid = await ensureFolder(api, folder);
  const pushed: PushedDashboard[] = [];
  for (const dashboard of dashboards) pushed.push(await push(api, folderUid, dashboard));
  return pushed;
}

async function ensureFolder(api: GrafanaApi, title: string): Promise<string> {
  const there = await folderOf(api, title);
  if (there !== null) return there;
  const { status, body } = await api.call('POST', 'api/folders', { title }, [409, 412]);
  // Somebody else was faster.
  const uid = status === 200 ? folderSchema.safeParse(body).data?.uid : await folderOf(api, title);
  if (uid) return uid;
  throw failure('Unavailable', `Grafana at ${api.host} neither has nor makes the folder "${title}"`);
}

async function folderOf(api: GrafanaApi, title: string): Promise<string | null> {
  const { body } = await api.call('GET', `api/folders?limit=${mostFolders}`);
  const folders = foldersSchema.safeParse(body);
  if (!folders.success) throw notGrafana(api);
  return folders.data.find((folder) => folder.title === title)?.uid ?? null;
}

async function push(api: GrafanaApi, folderUid: string, dashboard: Dashboard): Promise<PushedDashboard> {
  const { uid, title } = dashboard;
  const { status, body } = await api.call('GET', `api/dashboards/uid/${encodeURIComponent(uid)}`, undefined, [404]);
  const found = status === 404 ? null : foundSchema.safeParse(body);
  if (found && !found.success) throw notGrafana(api);
  const there = found?.data ?? null;
  if (there?.meta.provisioned) {
    throw failure(
      'Conflict',
      `"${title}" comes from files of Grafana at ${api.host} (provisioning): change them there`,
    );
  }
  if (there && there.meta.folderUid === folderUid && sameContent(there.dashboard, dashboard)) {
    return { uid, title, state: 'unchanged', url: there.meta.url };
  }
  const saved = await api.call(
    'POST',
    'api/dashboards/db',
    {
      dashboard: { ...dashboard, id: null, ...(there ? { version: there.dashboard.version } : {}) },
      folderUid,
      message: 'pushed by f0',
      // What is there is replaced; what somebody saves between our look and this is not.
      overwrite: false,
    },
    [412],
  );
  if (saved.status === 412) {
    throw failure(
      'Conflict',
      `"${title}" was saved by somebody else at this moment${whyOf(saved.body)}: push once more`,
    );
  }
  const url = savedSchema.safeParse(saved.body).data?.url;
  if (url === undefined) throw notGrafana(api);
  return { uid, title, state: there ? 'changed' : 'created', url };
}

/** Grafana adds an id and counts versions. */
function sameContent(there: Readonly<Record<string, unknown>>, ours: Dashboard): boolean {
  const plain = ({ id: _id, version: _version, ...rest }: Readonly<Record<string, unknown>>) => canonicalize(rest);
  return plain(there) === plain(ours);
}

function whyOf(body: unknown): string {
  const told = z.object({ message: z.string() }).safeParse(body);
  return told.success ? ` (${told.data.message})` : '';
}
