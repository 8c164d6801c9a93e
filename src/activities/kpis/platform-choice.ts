import { isProductionName } from '../../analytics/kpis';
import type { KpiPlan } from '../../definition';

/** The platform of these serves every namespace that has none of its own: it is where documents without one are. */
const common = 'default';

/** Which platform speaks for which namespace. */
export class PlatformChoice {
  constructor(private readonly plans: readonly KpiPlan[]) {}

  /** All that matter when one namespace, or all of them (undefined), are looked at. */
  for(namespace: string | undefined): readonly KpiPlan[] {
    if (namespace === undefined) return this.plans;
    return [this.of(namespace) ?? []].flat();
  }

  isProduction(namespace: string, environment: string): boolean {
    return this.of(namespace)?.production?.includes(environment) ?? isProductionName(environment);
  }

  costOf(namespace: string): KpiPlan['costOfDelay'] {
    return this.of(namespace)?.costOfDelay ?? null;
  }

  /** Of all namespaces together only where there is one to ask. */
  targetsOf(namespace: string | undefined): KpiPlan['targets'] {
    const plans = this.for(namespace);
    return (plans.length === 1 ? plans[0]?.targets : undefined) ?? {};
  }

  private of(namespace: string): KpiPlan | undefined {
    return (
      this.plans.find((plan) => plan.namespace === namespace) ?? this.plans.find((plan) => plan.namespace === common)
    );
  }
}
