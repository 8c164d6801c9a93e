import { z } from 'zod';
import { FakeVendor, type VendorAnswer, type VendorRequest } from '../metrics/fake-vendor';

// Written by hand after Grafana's documentation of its HTTP API: as many paths, fields and statuses as are used here, and not
// compared with a real Grafana. A request with a field that is not listed is refused.

const saveDashboardCommand = z.strictObject({
  dashboard: z.looseObject({
    id: z.int().nullish(),
    uid: z.string().max(40).optional(),
    title: z.string().min(1),
    version: z.int().optional(),
  }),
  folderUid: z.string().optional(),
  message: z.string().optional(),
  overwrite: z.boolean().optional(),
});
const createFolderCommand = z.strictObject({
  title: z.string().min(1),
  uid: z.string().optional(),
  parentUid: z.string().optional(),
  description: z.string().optional(),
});
const postAnnotationsCommand = z.strictObject({
  dashboardUID: z.string().optional(),
  panelId: z.int().optional(),
  time: z.int().optional(),
  timeEnd: z.int().optional(),
  tags: z.array(z.string()).optional(),
  text: z.string().min(1),
  data: z.looseObject({}).optional(),
});

const patchAnnotationsCommand = z.strictObject({
  time: z.int().optional(),
  timeEnd: z.int().optional(),
  tags: z.array(z.string()).optional(),
  text: z.string().optional(),
});

interface Saved {
  readonly dashboard: Record<string, unknown> & { readonly version: number };
  readonly folderUid: string;
}

export const token = 'glsa_token-of-a-test';

/** A Grafana that keeps folders, dashboards and annotations, and counts versions. */
export class GrafanaServer extends FakeVendor {
  readonly folders: { readonly uid: string; readonly title: string }[] = [];
  readonly dashboards = new Map<string, Saved>();
  readonly annotations: (z.infer<typeof postAnnotationsCommand> & { readonly id: number })[] = [];
  /** Done once, before the next dashboard is saved: what somebody else does meanwhile. */
  meanwhile: (() => void) | null = null;

  constructor() {
    super((request) => this.#answer(request));
  }

  #answer(request: VendorRequest): VendorAnswer {
    if (request.headers.authorization !== `Bearer ${token}`) return refusal(401, 'Invalid API key');
    const { pathname } = request.url;
    const posted = request.body === '' ? null : JSON.parse(request.body);
    if (pathname === '/api/folders') return posted ? this.#createFolder(posted) : { body: this.folders };
    if (pathname === '/api/dashboards/db') return this.#save(posted);
    if (pathname === '/api/annotations') return posted ? this.#annotate(posted) : this.#find(request.url);
    const annotation = /^\/api\/annotations\/(\d+)$/.exec(pathname)?.[1];
    if (annotation !== undefined && request.method === 'PATCH') return this.#patch(Number(annotation), posted);
    const uid = /^\/api\/dashboards\/uid\/(.+)$/.exec(pathname)?.[1];
    return uid === undefined ? refusal(404, 'Not found') : this.#show(decodeURIComponent(uid));
  }

  #createFolder(posted: unknown): VendorAnswer {
    const command = createFolderCommand.safeParse(posted);
    if (!command.success) return refusal(400, 'bad request data');
    const uid = command.data.uid ?? `f${this.folders.length + 1}`;
    this.folders.push({ uid, title: command.data.title });
    return { body: { id: this.folders.length, uid, title: command.data.title, url: `/dashboards/f/${uid}/` } };
  }

  #show(uid: string): VendorAnswer {
    const saved = this.dashboards.get(uid);
    if (!saved) return refusal(404, 'Dashboard not found');
    const meta = {
      folderUid: saved.folderUid,
      url: `/d/${uid}/slug`,
      provisioned: false,
      version: saved.dashboard.version,
    };
    return { body: { dashboard: saved.dashboard, meta } };
  }

  #save(posted: unknown): VendorAnswer {
    this.meanwhile?.();
    this.meanwhile = null;
    const command = saveDashboardCommand.safeParse(posted);
    if (!command.success) return refusal(400, 'bad request data');
    const { dashboard, folderUid = '', overwrite = false } = command.data;
    if (!this.folders.some((folder) => folder.uid === folderUid)) return refusal(400, 'folder not found');
    const uid = dashboard.uid ?? `d${this.dashboards.size + 1}`;
    const there = this.dashboards.get(uid);
    if (there && !overwrite && dashboard.version !== there.dashboard.version) {
      return {
        status: 412,
        body: { status: 'version-mismatch', message: 'The dashboard has been changed by someone else' },
      };
    }
    const version = (there?.dashboard.version ?? 0) + 1;
    this.dashboards.set(uid, { dashboard: { ...dashboard, id: this.dashboards.size + 1, uid, version }, folderUid });
    return { body: { id: 1, uid, url: `/d/${uid}/slug`, status: 'success', version, slug: 'slug' } };
  }

  #annotate(posted: unknown): VendorAnswer {
    const command = postAnnotationsCommand.safeParse(posted);
    if (!command.success) return refusal(400, 'bad request data');
    const id = this.annotations.length + 1;
    this.annotations.push({ ...command.data, id });
    return { body: { id, message: 'Annotation added' } };
  }

  #patch(id: number, posted: unknown): VendorAnswer {
    const command = patchAnnotationsCommand.safeParse(posted);
    if (!command.success) return refusal(400, 'bad request data');
    const index = this.annotations.findIndex((annotation) => annotation.id === id);
    const there = this.annotations[index];
    if (!there) return refusal(404, 'Annotation not found');
    const { text = there.text, ...change } = command.data;
    this.annotations[index] = { ...there, ...change, text };
    return { body: { message: 'Annotation patched' } };
  }

  #find({ searchParams }: URL): VendorAnswer {
    const tags = searchParams.getAll('tags');
    const from = Number(searchParams.get('from') ?? 0);
    const to = Number(searchParams.get('to') ?? Number.MAX_SAFE_INTEGER);
    const found = this.annotations.filter(
      ({ tags: own = [], time = 0 }) => tags.every((tag) => own.includes(tag)) && time >= from && time <= to,
    );
    return { body: found.slice(0, Number(searchParams.get('limit') ?? 100)) };
  }
}

function refusal(status: number, message: string): VendorAnswer {
  return { status, body: { message } };
}
