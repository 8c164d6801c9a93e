import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { podLogLines } from './pod-behaviour';
import { failingStages, type Stage, wellStages } from './stages';

export interface NodeShape {
  readonly count: number;
  readonly cpu: string;
  readonly memory: string;
  readonly pods: number;
}

const zones = ['a', 'b', 'c'];

/** Nodes without a machine, spread over three zones. */
export function nodeObjects(region: string, { count, cpu, memory, pods }: NodeShape): readonly object[] {
  const resources = { cpu, memory, pods: String(pods) };
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${index + 1}`,
      labels: {
        'kubernetes.io/hostname': `node-${index + 1}`,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': `${region}-${zones[index % zones.length]}`,
      },
    },
    // A thousand addresses a node.
    spec: { podCIDR: `10.244.${index * 4}.0/22` },
    status: { allocatable: resources, capacity: resources },
  }));
}

/** Writes kwok's configuration, and answers with the flags that name it. */
export function kwokFlags(
  folder: string,
  kubeconfig: string,
  kubeletPort: number,
  stagesFolder: string,
  more: readonly Stage[],
): string[] {
  const logsFile = join(folder, 'containers.log');
  // The form in which container runtimes write logs.
  writeFileSync(logsFile, podLogLines.map((line) => `${new Date().toISOString()} stdout F ${line}\n`).join(''));
  const logs = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'every-container' },
    spec: { logs: [{ logsFile, previousLogsFile: logsFile }] },
  };
  const file = join(folder, 'kwok.yaml');
  const documents = [...wellStages(stagesFolder), ...failingStages, ...more, logs];
  writeFileSync(file, documents.map((document) => JSON.stringify(document)).join('\n---\n'));
  return [
    `--kubeconfig=${kubeconfig}`,
    `--config=${file}`,
    '--manage-all-nodes=true',
    '--node-ip=127.0.0.1',
    `--node-port=${kubeletPort}`,
    `--server-address=127.0.0.1:${kubeletPort}`,
  ];
}
