import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The flags of a control plane on loopback, for tests: one replica of each part, so no leader elections.

export interface Ports {
  readonly etcd: number;
  readonly etcdPeers: number;
  readonly apiServer: number;
  readonly kubelet: number;
}

/** The token file: `token,user,uid`, and the groups in quotes. */
export function writeTokens(folder: string, tokens: Readonly<Record<string, string>>, administrator: string): void {
  const lines = Object.entries(tokens).map(([user, token]) =>
    [token, user, user, ...(user === administrator ? ['"system:masters"'] : [])].join(','),
  );
  writeFileSync(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 });
}

/** The pair of keys that tokens of service accounts are signed with. */
export function writeServiceAccountKeys(folder: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(join(folder, 'service-account.key'), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'service-account.pub'), publicKey);
}

export function etcdFlags(folder: string, ports: Ports): string[] {
  const clients = `http://127.0.0.1:${ports.etcd}`;
  const peers = `http://127.0.0.1:${ports.etcdPeers}`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--log-level=error',
    // The data need not survive the machine, only a crash of the API server.
    '--unsafe-no-fsync',
  ];
}

export function apiServerFlags(folder: string, ports: Ports): string[] {
  return [
    'kube-apiserver',
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.apiServer}`,
    // It makes itself a certificate, and finds it again when it is started again.
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    `--service-account-key-file=${join(folder, 'service-account.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'service-account.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    // Nothing runs in the pods that would need a token; without it they need not wait for their service account.
    '--disable-admission-plugins=ServiceAccount',
    // Room for a thousand Services.
    '--service-cluster-ip-range=10.96.0.0/16',
    // kwok answers for all nodes on one address; their names resolve to nothing.
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

export function controllerManagerFlags(folder: string, kubeconfig: string): string[] {
  return [
    'kube-controller-manager',
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
    `--root-ca-file=${join(folder, 'certificates', 'apiserver.crt')}`,
    // A minute without API server must not look like nodes that died.
    '--node-monitor-grace-period=10m',
    // The default, 20 a second, is what would limit a test of scale.
    '--kube-api-qps=1000',
    '--kube-api-burst=2000',
  ];
}

export function schedulerFlags(folder: string, kubeconfig: string): string[] {
  const config = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig, qps: 1000, burst: 2000 },
    leaderElection: { leaderElect: false },
  };
  const file = join(folder, 'scheduler.json');
  writeFileSync(file, JSON.stringify(config));
  return ['kube-scheduler', `--config=${file}`, '--secure-port=0'];
}
