export { createKubernetesTarget, type KubernetesTarget, type KubernetesTargetOptions } from './target';
