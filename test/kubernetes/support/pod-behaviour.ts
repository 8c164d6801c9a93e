// kwok plays the kubelets (stages.ts): a pod becomes Ready at once, unless the labels and annotations of its template,
// made by `podBehaviour`, say otherwise.

export const failsLabel = 'test.framework0.io/fails';
export const readyAfterAnnotation = 'test.framework0.io/ready-after';
export const failsAfterAnnotation = 'test.framework0.io/fails-after';

/** Ways for a pod to fail; one that asks for more CPU than a node has stays unschedulable without our doing. */
export type PodFailure =
  /** It waits: the image is not there. */
  | 'ImagePullBackOff'
  /** It has crashed several times, and was never ready. */
  | 'CrashLoopBackOff'
  /** It was ready, and crashes after `failsAfter`. */
  | 'CrashAfterReady'
  /** It runs, and its readiness probe does not succeed. */
  | 'NeverReady'
  /** A node was chosen, and nothing more happens. */
  | 'Pending';

export interface PodBehaviour {
  readonly fails?: PodFailure;
  /** As Go writes durations: `500ms`, `3s`. @default '0s' */
  readonly readyAfter?: string;
  /** @default '0s' */
  readonly failsAfter?: string;
}

/** What to merge into the metadata of a pod template. */
export function podBehaviour({ fails, readyAfter, failsAfter }: PodBehaviour): {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
} {
  return {
    labels: fails ? { [failsLabel]: fails } : {},
    annotations: {
      ...(readyAfter && { [readyAfterAnnotation]: readyAfter }),
      ...(failsAfter && { [failsAfterAnnotation]: failsAfter }),
    },
  };
}

/** What `kubectl logs` gives of every container, and of its predecessor. */
export const podLogLines = ['starting', 'cannot connect to the database: connection refused'] as const;
