import type { ApprovalFact, DeploymentFact, Facts, FailureFact, RunFact } from './facts';

/** Facts by their keys, and which of them were changed since the book was opened. */
export class FactBook {
  readonly #runs: Map<string, RunFact>;
  readonly #deployments: Map<string, DeploymentFact>;
  readonly #failures: Map<string, FailureFact>;
  readonly #approvals: Map<string, ApprovalFact>;
  readonly #changed = {
    runs: new Set<string>(),
    deployments: new Set<string>(),
    failures: new Set<string>(),
    approvals: new Set<string>(),
  };

  constructor(known: Facts = { runs: [], deployments: [], failures: [], approvals: [] }) {
    this.#runs = new Map(known.runs.map((fact) => [fact.runKey, fact]));
    this.#deployments = new Map(known.deployments.map((fact) => [fact.runKey, fact]));
    this.#failures = new Map(known.failures.map((fact) => [fact.runKey, fact]));
    this.#approvals = new Map(known.approvals.map((fact) => [fact.key, fact]));
  }

  run(runKey: string): RunFact | undefined {
    return this.#runs.get(runKey);
  }

  /** The questions of a run that nobody has answered, oldest first. */
  openApprovals(runKey: string): readonly ApprovalFact[] {
    return [...this.#approvals.values()]
      .filter((fact) => fact.runKey === runKey && fact.endedAt === null)
      .sort((a, b) => a.requestedAt - b.requestedAt);
  }

  hasApproval(key: string): boolean {
    return this.#approvals.has(key);
  }

  putRun(fact: RunFact): void {
    this.#runs.set(fact.runKey, fact);
    this.#changed.runs.add(fact.runKey);
  }

  putDeployment(fact: DeploymentFact): void {
    this.#deployments.set(fact.runKey, fact);
    this.#changed.deployments.add(fact.runKey);
  }

  putFailure(fact: FailureFact): void {
    this.#failures.set(fact.runKey, fact);
    this.#changed.failures.add(fact.runKey);
  }

  putApproval(fact: ApprovalFact): void {
    this.#approvals.set(fact.key, fact);
    this.#changed.approvals.add(fact.key);
  }

  all(): Facts {
    return {
      runs: [...this.#runs.values()],
      deployments: [...this.#deployments.values()],
      failures: [...this.#failures.values()],
      approvals: [...this.#approvals.values()],
    };
  }

  changed(): Facts {
    return {
      runs: pick(this.#runs, this.#changed.runs),
      deployments: pick(this.#deployments, this.#changed.deployments),
      failures: pick(this.#failures, this.#changed.failures),
      approvals: pick(this.#approvals, this.#changed.approvals),
    };
  }
}

function pick<Fact>(facts: ReadonlyMap<string, Fact>, keys: ReadonlySet<string>): Fact[] {
  return [...keys].flatMap((key) => facts.get(key) ?? []);
}
