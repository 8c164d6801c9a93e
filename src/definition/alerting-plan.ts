/** Label name to the values of which one must be there: exact, no patterns. `severity` counts as a label. */
export type AlertMatchers = Readonly<Record<string, readonly string[]>>;

/** Who is told of which alerts, with every default filled in and every duration in seconds. */
export interface AlertingPlan {
  /** In order: the first that matches takes an alert, and those after it too where it says `goOn`. Empty: nobody is told. */
  readonly routes: readonly AlertRoute[];
  readonly inhibit: readonly AlertInhibition[];
}

export interface AlertRoute {
  readonly name: string;
  readonly matchers: AlertMatchers;
  /** Alerts that have the same values of these labels are told together. */
  readonly groupBy: readonly string[];
  /** From the first alert of a group to its first message: what comes together is told together. */
  readonly groupWaitSeconds: number;
  /** Between two messages about news of a group. */
  readonly groupIntervalSeconds: number;
  /** Told again while it fires and nobody has acknowledged it; null: never. */
  readonly repeatEverySeconds: number | null;
  /** The first one is told; the next one where that fails. */
  readonly channels: readonly string[];
  /** While nobody acknowledges. */
  readonly escalate: readonly AlertEscalation[];
  /** Routes after this one are looked at too. */
  readonly goOn: boolean;
}

export interface AlertEscalation {
  /** Since the group was first told. */
  readonly afterSeconds: number;
  readonly channels: readonly string[];
}

/** While an alert `source` fires, those that match `target` and have the same values of `equal` are not told. */
export interface AlertInhibition {
  readonly source: AlertMatchers;
  readonly target: AlertMatchers;
  readonly equal: readonly string[];
}
