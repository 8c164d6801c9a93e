import type { V1Ingress, V1IngressBackend } from '@kubernetes/client-node';
import type { KubeObject } from '../api';
import { canaryServiceOf, ownerLabels } from '../names';
import type { Session } from '../session';
import { done, until, waiting } from '../wait';
import type { RoutedService, Router } from './port';

type Ingress = V1Ingress & KubeObject;

const apiVersion = 'networking.k8s.io/v1';
const canaryFlag = 'nginx.ingress.kubernetes.io/canary';
const canaryWeight = 'nginx.ingress.kubernetes.io/canary-weight';
const readBackSeconds = 60;

/**
 * The NGINX Ingress controller splits by a second Ingress for the same hosts and paths, with annotations for its share. It
 * is there for as long as there is a canary.
 */
export async function nginxIngress(
  { watched, service }: RoutedService,
  /** Whatever its class is called. */
  anyClass: boolean,
): Promise<Router | null> {
  const informer = await watched.watchRoutes(apiVersion, 'Ingress');
  const names = { service, canary: canaryServiceOf(service) };
  const all = () => informer.all() as readonly Ingress[];
  const mains = () =>
    all().filter((one) => !isCanary(one) && leadsTo(one, names.service) && (anyClass || isNginx(one)));
  if (mains().length === 0) return null;
  const canaryOf = (main: Ingress) => informer.get(`${main.metadata?.name}-canary`) as Ingress | null;
  const shareOf = (main: Ingress) => {
    const canary = canaryOf(main);
    return canary && isCanary(canary) ? Number(canary.metadata?.annotations?.[canaryWeight] ?? 0) : 0;
  };

  async function setShare(session: Session, share: number): Promise<void> {
    for (const main of mains().filter((one) => shareOf(one) !== share)) {
      const name = `${main.metadata?.name}-canary`;
      if (share === 0) await session.api.delete({ apiVersion, kind: 'Ingress', name });
      else await session.apply(canaryIngress(session, main, share), canaryOf(main));
    }
    await until(session.watched, session.waitFor(readBackSeconds), () => {
      const other = mains().find((one) => shareOf(one) !== share);
      return other ? waiting(`Ingress ${other.metadata?.name} gives the canary ${share}%`) : done(null);
    });
  }

  function canaryIngress(session: Session, main: Ingress, share: number): Ingress {
    const rules = (main.spec?.rules ?? []).flatMap((rule) => {
      const paths = (rule.http?.paths ?? []).filter(({ backend }) => backend.service?.name === names.service);
      const toCanary = paths.map((path) => ({ ...path, backend: renamed(path.backend, names.canary) }));
      return toCanary.length > 0 ? [{ ...rule, http: { paths: toCanary } }] : [];
    });
    const { ingressClassName, tls, defaultBackend } = main.spec ?? {};
    const fallback = defaultBackend?.service?.name === names.service ? renamed(defaultBackend, names.canary) : null;
    return {
      apiVersion,
      kind: 'Ingress',
      metadata: {
        name: `${main.metadata?.name}-canary`,
        labels: ownerLabels(session.ref),
        annotations: { ...classOf(main), [canaryFlag]: 'true', [canaryWeight]: String(share) },
      },
      spec: {
        ...(ingressClassName === undefined ? {} : { ingressClassName }),
        ...(tls === undefined ? {} : { tls }),
        ...(fallback ? { defaultBackend: fallback } : {}),
        ...(rules.length > 0 ? { rules } : {}),
      },
    };
  }

  return {
    name: `Ingress ${mains()
      .map(({ metadata }) => metadata?.name)
      .join(', ')}`,
    share: () => Math.max(0, ...mains().map(shareOf)),
    setShare,
  };
}

function leadsTo({ spec }: Ingress, service: string): boolean {
  const backends = (spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend));
  return [...backends, ...(spec?.defaultBackend ? [spec.defaultBackend] : [])].some(
    (backend) => backend.service?.name === service,
  );
}

function renamed(backend: V1IngressBackend, name: string): V1IngressBackend {
  return backend.service ? { ...backend, service: { ...backend.service, name } } : backend;
}

function isCanary({ metadata }: Ingress): boolean {
  return metadata?.annotations?.[canaryFlag] === 'true';
}

const oldClass = 'kubernetes.io/ingress.class';

/** Which controller a class belongs to is on an object of the whole cluster, which few may read: the name must tell. */
function isNginx({ metadata, spec }: Ingress): boolean {
  return /nginx/.test(spec?.ingressClassName ?? metadata?.annotations?.[oldClass] ?? '');
}

function classOf({ metadata }: Ingress): Record<string, string> {
  const given = metadata?.annotations?.[oldClass];
  return given === undefined ? {} : { [oldClass]: given };
}
